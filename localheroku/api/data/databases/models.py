"""Databases of `heroku-postgresql` in Heroku's data API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from localheroku.addons import POSTGRES
from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import PROVISIONED, Addon
from localheroku.api.data.databases.errors import (
    DatabaseFailedError,
    DatabaseNotFoundError,
    NotProvisionedError,
)
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.backends import DatabaseInfo
from localheroku.core.catalogue import Plan
from localheroku.core.state import Document, State

PRIMARY = "DATABASE"
ESSENTIAL = "essential"
UNITS = ("bytes", "KB", "MB", "GB", "TB")


def find(state: State, identity: str) -> Addon:
    """Return the database of the add-on with an id or name.

    Raises:
        DatabaseNotFoundError: The add-on is not a database.
        NotProvisionedError: The database is still being provisioned.
    """
    addon = found(state, identity)
    if addon.state != PROVISIONED:
        raise NotProvisionedError(addon=addon.name)
    return addon


def found(state: State, identity: str, service: str = POSTGRES) -> Addon:
    """Return the database of the add-on with an id or name, even if it is not yet provisioned.

    Raises:
        DatabaseNotFoundError: The add-on is not a database of the service.
    """
    addon = addons.find(state, identity)
    if addon.service != service:
        raise DatabaseNotFoundError
    return addon


def plan_of(state: State, addon: Addon) -> Plan:
    return state.catalogue.services[addon.service].plans[addon.plan]


def is_essential(addon: Addon) -> bool:
    """Return whether the database has an Essential-tier plan.

    Such databases share a server and lack many features of other plans.

    https://devcenter.heroku.com/articles/heroku-postgres-plans#essential-tier
    """
    return addon.plan.startswith(ESSENTIAL)


def url(addon: Addon) -> str:
    return addon.values["URL"]


def label(state: State, addon: Addon) -> str:
    """Return the database's name in its own app: DATABASE, or the name of its first attachment."""
    names = [a.name for a in attachments.of_addon(state, addon) if a.app_id == addon.parent]
    return PRIMARY if PRIMARY in names else names[0]


@contextmanager
def failing(addon: Addon) -> Iterator[None]:
    """Report a failure of the database server inside the block as Heroku's status 503."""
    try:
        yield
    except ServiceFailed as error:
        raise DatabaseFailedError(addon=addon.name, reason=error) from error


async def document(state: State, addon: Addon) -> Document:
    with failing(addon):
        info = await state.backends.databases.info(addon.id)
    plan = plan_of(state, addon)
    return {
        "id": addon.id,
        "name": addon.name,
        "addon": {"id": addon.id, "name": addon.name},
        "plan": plan.slug,
        "created_at": addon.created_at,
        "resource_url": url(addon),
        "num_bytes": info.size,
        "num_connections": info.connections,
        "num_tables": info.tables,
        "postgres_version": info.version,
        "following": None,
        "forked_from": None,
        "leader": None,
        "waiting?": False,
        "info": _info(addon, plan, info),
    }


def wait_status(addon: Addon) -> Document:
    ready = addon.state == PROVISIONED
    return {"message": "available" if ready else "preparing", "waiting?": not ready}


def _info(addon: Addon, plan: Plan, database: DatabaseInfo) -> Sequence[Document]:
    """Return the lines of `heroku pg:info`, which report features that the local server lacks."""
    created = datetime.fromisoformat(addon.created_at).strftime("%Y-%m-%d %H:%M UTC")
    lines = {
        "Plan": plan.human_name,
        "Status": "Available",
        "Connections": _out_of(str(database.connections), plan.connection_limit),
        "PG Version": database.version,
        "Created": created,
        "Data Size": _out_of(_size(database.size), plan.megabytes and _size(plan.megabytes << 20)),
        "Tables": str(database.tables),
        "Fork/Follow": "Unsupported",
        "Rollback": "Unsupported",
        "Continuous Protection": "Off",
    }
    return [{"name": name, "values": [value]} for name, value in lines.items()]


def _out_of(used: str, limit: object) -> str:
    return f"{used}/{limit}" if limit else used


def _size(size: float) -> str:
    """Return a size as `heroku pg:info` prints it, such as 8.4 MB."""
    unit = 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {UNITS[unit]}"
