"""A stopped server's files, copied away and back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from localheroku.addons.postgres.installation import prepare

CLUSTER = "cluster"


def save(folder: Path, target: Path) -> None:
    """Copy the data directory and the records of its databases; its server must not run."""
    # For root the data directory is a link: copy what it points to.
    shutil.copytree(folder, target, ignore=_cluster(folder), symlinks=True)
    if (folder / CLUSTER).exists():
        shutil.copytree((folder / CLUSTER).resolve(), target / CLUSTER, symlinks=True)


def load(source: Path, folder: Path) -> None:
    """Copy saved files to where none exist, owned by the server's user."""
    shutil.copytree(source, folder, ignore=_cluster(source), symlinks=True)
    if (source / CLUSTER).exists():
        installation = prepare(folder)
        shutil.copytree(source / CLUSTER, installation.cluster, symlinks=True, dirs_exist_ok=True)
        for path in (installation.cluster, *installation.cluster.rglob("*")):
            installation.hand_over(path)


def _cluster(folder: Path) -> Callable[[str, list[str]], list[str]]:
    return lambda where, _: [CLUSTER] if Path(where) == folder else []
