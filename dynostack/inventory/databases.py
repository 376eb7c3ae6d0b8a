"""A database of Heroku Postgres, read from the API of Heroku's data services."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from dynostack.inventory.app import App
from dynostack.inventory.platform_api import ApiError, PlatformApi


@dataclass(frozen=True)
class DatabaseDetails:
    """A database's version, size and use, which the Platform API does not return."""

    version: str
    """The major version of PostgreSQL, such as "17"."""
    size: int
    """The size of its contents in bytes."""
    connections: int
    tables: int


def read_database(api: PlatformApi, addon: str) -> DatabaseDetails:
    """Read a database's version, size and use.

    Args:
        api: Heroku, with the key to use.
        addon: the id of the database's add-on.

    Raises:
        ApiRefusal: Heroku refuses to show the database.
        ApiError: Heroku cannot be reached, or its response has an unexpected shape.
    """
    path = f"/client/v11/databases/{addon}"
    found = api.data.get(path)
    try:
        return DatabaseDetails(
            str(found["postgres_version"]).partition(".")[0],
            int(found["num_bytes"]),
            int(found["num_connections"]),
            int(found["num_tables"]),
        )
    except (KeyError, TypeError, ValueError):
        raise ApiError(f"the response from {api.data.url}{path} is not a database") from None


def read_versions(api: PlatformApi, app: App) -> dict[str, str]:
    """Return the version of each database that Heroku's data services report, by its id."""
    found = {}
    for each in app.databases:
        with suppress(ApiError):
            found[each.id] = read_database(api, each.id).version
    return found
