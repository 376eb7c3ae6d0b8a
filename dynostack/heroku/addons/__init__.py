"""Add-on services that really run: PostgreSQL and memcached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynostack.heroku.addons import memcached, postgres

if TYPE_CHECKING:
    from pathlib import Path

    from dynostack.heroku.addons.service import Service

POSTGRES = "heroku-postgresql"
MEMCACHED = ("memcachier", "memcachedcloud")


def databases(data: Path) -> postgres.Postgres:
    """The service of databases, with its files below `data`."""
    return postgres.Postgres(data / POSTGRES)


def caches(data: Path) -> dict[str, Service]:
    """The services of caches by Heroku's name, with their files below `data`."""
    return {name: memcached.Memcached(data / name) for name in MEMCACHED}


def leave(data: Path) -> None:
    """Stop what still runs and remove what lies elsewhere: call it before removing `data`."""
    postgres.leave(data / POSTGRES)
    for name in MEMCACHED:
        memcached.leave(data / name)
