"""Add-on services that really run: PostgreSQL and memcached."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from localheroku.addons import memcached, postgres
from localheroku.addons.records import SUFFIX

if TYPE_CHECKING:
    from pathlib import Path

    from localheroku.core.addon_service import AddonBackend

POSTGRES = "heroku-postgresql"
MEMCACHED = ("memcachier", "memcachedcloud")
SERVICES = frozenset({POSTGRES, *MEMCACHED})
"""The names of the services' folders in the local Heroku's data folder."""


def databases(data: Path) -> postgres.Postgres:
    """Return the service of databases, with its files below `data`."""
    return postgres.Postgres(data / POSTGRES)


def caches(data: Path) -> dict[str, AddonBackend]:
    """Return the services of caches by Heroku's name, with their files below `data`."""
    return {name: memcached.Memcached(data / name) for name in MEMCACHED}


def stored_ids(data: Path) -> set[str]:
    """Return the ids of the add-ons whose credentials are stored below `data`."""
    folders = (data / POSTGRES / postgres.RECORDS, *(data / name for name in MEMCACHED))
    return {record.stem for folder in folders for record in folder.glob(f"*{SUFFIX}")}


def log_files(data: Path) -> list[Path]:
    """Return the logs below `data` that the servers append to without limit."""
    caches = (log for name in MEMCACHED for log in (data / name).glob(f"*/{memcached.LOG}"))
    return [*postgres.log_files(data / POSTGRES), *caches]


def leave(data: Path) -> None:
    """Stop running servers and remove their files outside `data`, before `data` is removed."""
    postgres.leave(data / POSTGRES)
    for name in MEMCACHED:
        memcached.leave(data / name)


def save(data: Path, target: Path) -> None:
    """Copy the files of stopped services; the contents of caches are lost."""
    if (data / POSTGRES).exists():
        postgres.save(data / POSTGRES, target / POSTGRES)
    for name in MEMCACHED:
        if (data / name).exists():
            shutil.copytree(data / name, target / name)


def load(source: Path, data: Path) -> None:
    """Copy saved files to where none exist."""
    if (source / POSTGRES).exists():
        postgres.load(source / POSTGRES, data / POSTGRES)
    for name in MEMCACHED:
        if (source / name).exists():
            shutil.copytree(source / name, data / name)
