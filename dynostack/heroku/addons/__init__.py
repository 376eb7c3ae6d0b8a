"""Add-on services that really run: PostgreSQL and memcached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynostack.heroku.addons import memcached, postgres

if TYPE_CHECKING:
    from pathlib import Path

    from dynostack.heroku.addons.service import Service

POSTGRES = "heroku-postgresql"
MEMCACHED = ("memcachier", "memcachedcloud")


def services(data: Path) -> dict[str, Service]:
    """The services that run for real, by Heroku's name, with their files below `data`."""
    caches = {name: memcached.Memcached(data / name) for name in MEMCACHED}
    return {POSTGRES: postgres.Postgres(data / POSTGRES), **caches}


def leave(data: Path) -> None:
    """Stop what still runs and remove what lies elsewhere: call it before removing `data`."""
    postgres.leave(data / POSTGRES)
    for name in MEMCACHED:
        memcached.leave(data / name)
