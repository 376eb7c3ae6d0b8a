"""The files of all stopped servers: copied away and back, and removed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from localheroku.addons.postgres import installation, versions
from localheroku.addons.postgres.installation import CLUSTER
from localheroku.addons.postgres.server import LOG


def log_files(folder: Path) -> list[Path]:
    """Return the logs of the servers, which may not exist."""
    return [home / LOG for home in versions.homes(folder)]


def leave(folder: Path) -> None:
    """Stop running servers and remove their files outside `folder`."""
    installation.leave(*versions.homes(folder))


def save(folder: Path, target: Path) -> None:
    """Copy the data directories and the records of the databases; no server may run."""
    # For root a data directory is a link: copy what it points to.
    shutil.copytree(folder, target, ignore=_clusters(folder), symlinks=True)
    for home in versions.homes(folder):
        if (home / CLUSTER).exists():
            copy = target / home.relative_to(folder) / CLUSTER
            shutil.copytree((home / CLUSTER).resolve(), copy, symlinks=True)


def load(source: Path, folder: Path) -> None:
    """Copy saved files to a folder that does not exist yet, owned by the servers' user."""
    shutil.copytree(source, folder, ignore=_clusters(source), symlinks=True)
    for version in versions.every():
        saved = versions.home(source, version) / CLUSTER
        if saved.exists():
            server = installation.prepare(versions.home(folder, version), version)
            shutil.copytree(saved, server.cluster, symlinks=True, dirs_exist_ok=True)
            for path in (server.cluster, *server.cluster.rglob("*")):
                server.hand_over(path)


def _clusters(folder: Path) -> Callable[[str, list[str]], list[str]]:
    homes = versions.homes(folder)
    return lambda where, _: [CLUSTER] if Path(where) in homes else []
