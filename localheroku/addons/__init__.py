"""Add-on services that really run: PostgreSQL, memcached and Redis."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from localheroku.addons import postgres, redis
from localheroku.addons.launching import LOG
from localheroku.addons.memcached import Memcached
from localheroku.addons.records import SUFFIX
from localheroku.addons.redis import Redis
from localheroku.addons.server_per_addon import ServerPerAddon
from localheroku.addons.server_per_addon import leave as leave_servers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

POSTGRES = "heroku-postgresql"
MEMCACHED = ("memcachier", "memcachedcloud")
KEY_VALUE_STORE = "heroku-redis"
REDIS = {KEY_VALUE_STORE: redis.KEY_VALUE_STORE, "rediscloud": redis.REDIS_CLOUD}
SERVER_PER_ADDON: Mapping[str, type[ServerPerAddon[Any]]] = {
    **dict.fromkeys(MEMCACHED, Memcached),
    **dict.fromkeys(REDIS, Redis),
}
SERVICES = frozenset({POSTGRES, *SERVER_PER_ADDON})
"""The names of the services' folders in the local Heroku's data folder."""


def databases(data: Path) -> postgres.Postgres:
    """Return the service of databases, with its files below `data`."""
    return postgres.Postgres(data / POSTGRES)


def caches(data: Path) -> dict[str, Memcached]:
    """Return the services of caches by Heroku's name, with their files below `data`."""
    return {name: Memcached(data / name) for name in MEMCACHED}


def stores(data: Path) -> dict[str, Redis]:
    """Return the services of key-value stores by Heroku's name, with their files below `data`."""
    return {name: Redis(data / name, offer) for name, offer in REDIS.items()}


def stored_ids(data: Path) -> set[str]:
    """Return the ids of the add-ons whose credentials are stored below `data`."""
    folders = (data / POSTGRES / postgres.RECORDS, *(data / name for name in SERVER_PER_ADDON))
    return {record.stem for folder in folders for record in folder.glob(f"*{SUFFIX}")}


def log_files(data: Path) -> list[Path]:
    """Return the logs below `data` that the servers append to without limit."""
    others = (log for name in SERVER_PER_ADDON for log in (data / name).glob(f"*/{LOG}"))
    return [*postgres.log_files(data / POSTGRES), *others]


def leave(data: Path) -> None:
    """Stop running servers and remove their files outside `data`, before `data` is removed."""
    postgres.leave(data / POSTGRES)
    for name, service in SERVER_PER_ADDON.items():
        leave_servers(service, data / name)


def save(data: Path, target: Path) -> None:
    """Copy the files of stopped services; what a server had only in memory is lost."""
    if (data / POSTGRES).exists():
        postgres.save(data / POSTGRES, target / POSTGRES)
    for name in SERVER_PER_ADDON:
        if (data / name).exists():
            shutil.copytree(data / name, target / name)


def load(source: Path, data: Path) -> None:
    """Copy saved files to where none exist."""
    if (source / POSTGRES).exists():
        postgres.load(source / POSTGRES, data / POSTGRES)
    for name in SERVER_PER_ADDON:
        if (source / name).exists():
            shutil.copytree(source / name, data / name)
