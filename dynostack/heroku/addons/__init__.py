"""Add-on services that really run: PostgreSQL and memcached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynostack.heroku.addons.memcached import Memcached
from dynostack.heroku.addons.postgres import Postgres
from dynostack.heroku.addons.postgres import leave as leave_postgres

if TYPE_CHECKING:
    from pathlib import Path

    from dynostack.heroku.addons.service import Service


def services(data: Path) -> dict[str, Service]:
    """The services that run for real, by Heroku's name, with their files below `data`."""
    return {
        "heroku-postgresql": Postgres(data / "postgres"),
        "memcachier": Memcached(data / "memcachier"),
        "memcachedcloud": Memcached(data / "memcachedcloud"),
    }


def leave(data: Path) -> None:
    """Remove what the services keep outside of `data`: call it before `data` itself is removed."""
    leave_postgres(data / "postgres")
