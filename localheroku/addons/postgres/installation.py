"""Where the database server's files are, and which user it runs as.

For an ordinary user the server runs as that user, with its files in the local Heroku's folder and
its programs straight from the user's cache. PostgreSQL refuses to run as root, and the user that it
runs as instead often cannot even enter the clone or the cache (a HOME of mode 0700). Opening those
folders to everyone would be wrong, so root's server has its own place below `/var/lib/dynostack`,
and the local Heroku's folder contains a link to it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from localheroku.addons import accounts, public_copies
from localheroku.addons.postgres import distribution as distributions
from localheroku.addons.postgres import postmaster
from localheroku.addons.postgres.distribution import Distribution
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.atomic_files import make_private, write_private, write_private_once

SERVER_USERS = ("postgres", "nobody")
CLUSTER = "cluster"
"""The data directory in a server's folder; for root, a link to it."""
ORIGIN = "origin"
ORPHAN_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class SystemUser:
    """The system user that the server runs as when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Installation:
    """The server's data directory and programs; `user` is None for the current user."""

    cluster: Path
    distribution: Distribution
    user: SystemUser | None

    @property
    def programs(self) -> Path:
        return self.distribution.programs

    def hand_over(self, path: Path) -> None:
        """Give a file of ours to the server's user."""
        if self.user:
            os.chown(path, self.user.uid, self.user.gid)

    def place(self, name: str, data: bytes) -> None:
        """Replace a file of the data directory, readable by the server's user alone.

        The file is made outside: the server's user owns the directory, so that root must not follow
        what is in it.
        """
        draft = self.cluster.with_name(f".{name}.{secrets.token_hex(4)}")
        write_private_once(draft, data)
        self.hand_over(draft)
        draft.replace(self.cluster / name)


def prepare(folder: Path, version: str) -> Installation:
    """Return the installation of the server whose files are in `folder`; create it if missing.

    Raises:
        ServiceFailed: the files belong to another user, or the programs are not available.
    """
    distribution = distributions.obtain(version)
    make_private(folder)
    link = folder / CLUSTER
    if os.geteuid() == 0:
        return _prepare_as_root(link, distribution)
    link.mkdir(mode=0o700, exist_ok=True)
    if not os.access(link, os.R_OK | os.W_OK | os.X_OK):
        raise ServiceFailed(
            f"the databases in {folder} belong to another user: start the local Heroku as that "
            "user, or remove them with `dynostack clean`"
        )
    return Installation(link.resolve(), distribution, None)


def leave(*folders: Path) -> None:
    """Stop running servers and remove their files outside of `folders`."""
    links = [folder / CLUSTER for folder in folders]
    # Also those created for a link that is broken or missing.
    orphans = [cluster for origin, cluster in _root_clusters() if origin in links]
    for process in postmaster.find_all({*orphans, *(link.resolve() for link in links)}):
        postmaster.end(process)
    for link in links:
        if link.is_symlink():
            shutil.rmtree(link.readlink().parent, ignore_errors=True)
            link.unlink()


def _prepare_as_root(link: Path, distribution: Distribution) -> Installation:
    if not link.exists():
        _make_root_cluster(link)
    cluster = link.resolve()
    if link.is_symlink():
        # After the link: a cluster folder whose link does not point to it counts as an orphan.
        write_private(cluster.parent / ORIGIN, str(link))
    _remove_orphans()
    owner = cluster.stat()
    user = SystemUser(owner.st_uid, owner.st_gid)
    return Installation(cluster, _public(distribution), user)


def _make_root_cluster(link: Path) -> None:
    user = accounts.first_of(SERVER_USERS, "PostgreSQL")
    folder = public_copies.ROOT_FOLDER / secrets.token_hex(8)
    for part in (public_copies.ROOT_FOLDER, folder):
        part.mkdir(parents=True, exist_ok=True)
        part.chmod(0o711)
    cluster = folder / CLUSTER
    cluster.mkdir(mode=0o700)
    os.chown(cluster, user.pw_uid, user.pw_gid)
    link.unlink(missing_ok=True)
    link.symlink_to(cluster)


def _remove_orphans() -> None:
    """Stop the servers of folders removed with `rm -rf`, and eventually remove their files.

    They are not removed at once, as a moved folder looks the same until it is used again.
    """
    for link, cluster in _root_clusters():
        with contextlib.suppress(FileNotFoundError):  # another local Heroku may remove them, too
            if link.is_symlink() and link.readlink() == cluster:
                continue
            if postmaster.note(cluster):
                _stop(cluster)
            if time.time() - cluster.stat().st_mtime > ORPHAN_SECONDS:
                shutil.rmtree(cluster.parent, ignore_errors=True)


def _root_clusters() -> Iterator[tuple[Path, Path]]:
    """Yield the link that each cluster was created for, and the cluster."""
    for origin in public_copies.ROOT_FOLDER.glob(f"*/{ORIGIN}"):
        with contextlib.suppress(FileNotFoundError):  # it is being removed
            yield Path(origin.read_text()), origin.parent / CLUSTER


def _stop(cluster: Path) -> None:
    process = postmaster.find(cluster)
    if process:
        postmaster.end(process)


def _public(distribution: Distribution) -> Distribution:
    """Return a copy of a distribution that every user can run."""
    if distribution.folder is None:
        return distribution
    return distribution.moved(public_copies.public_copy(distribution.folder))
