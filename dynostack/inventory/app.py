"""One app with its add-ons and attachments, and which of its databases is live."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from dynostack.inventory.platform_api import ApiError, PlatformApi

POSTGRES = "heroku-postgresql"
LIVE = "DATABASE"
"""The attachment that sets DATABASE_URL.

https://devcenter.heroku.com/articles/managing-heroku-postgres-using-cli
"""


@dataclass(frozen=True)
class Addon:
    """One add-on that an app uses, billed to it or to another app."""

    id: str
    name: str
    plan: str
    """Service and plan, such as heroku-postgresql:standard-0; empty for another app's add-on."""
    attachments: Mapping[str, str] = field(default_factory=dict)
    """Name of an attachment in the app, such as DATABASE -> the attachment's id."""

    @property
    def is_database(self) -> bool:
        """Return whether it is a Heroku Postgres database of the app."""
        return self.plan.partition(":")[0] == POSTGRES


@dataclass(frozen=True)
class App:
    """One app as it is on Heroku."""

    id: str
    name: str
    team: str
    """The team's name; empty for a personal app."""
    region: str = ""
    acm: bool = False
    """Whether Automated Certificate Management manages the certificates of its domains."""
    addons: tuple[Addon, ...] = ()
    processes: frozenset[str] = frozenset()
    """The process types of its current release."""

    @property
    def databases(self) -> tuple[Addon, ...]:
        """Return the app's own Heroku Postgres databases."""
        return tuple(each for each in self.addons if each.is_database)

    @property
    def live_database(self) -> Addon | None:
        """Return the database that DATABASE_URL points at."""
        return next((each for each in self.addons if LIVE in each.attachments), None)


def read_app(api: PlatformApi, identity: str) -> App:
    """Read an app with its add-ons, attachments and process types.

    Args:
        api: Heroku, with the key to use.
        identity: the app's id or name.

    Raises:
        ApiRefusal: Heroku refuses to show the app: 404 if it does not exist, 403 without access.
        ApiError: Heroku cannot be reached, or its response has an unexpected shape.
    """
    path = f"/apps/{identity}"
    with ThreadPoolExecutor(max_workers=4) as pool:
        app = pool.submit(api.get, path)
        addons = pool.submit(api.listing, f"{path}/addons")
        attachments = pool.submit(api.listing, f"{path}/addon-attachments")
        formation = pool.submit(api.listing, f"{path}/formation")
    try:
        found = app.result()
        team = found.get("team") or {}
        listed = _addons(addons.result(), attachments.result())
        region, acm = found["region"]["name"], bool(found["acm"])
        processes = frozenset(each["type"] for each in formation.result())
        owner = team.get("name", "")
        return App(found["id"], found["name"], owner, region, acm, listed, processes)
    except (AttributeError, KeyError, TypeError) as error:
        message = f"{api.url}{path}: the response is not an app ({type(error).__name__})"
        raise ApiError(message) from None


def _addons(
    addons: list[Mapping[str, Any]], attachments: list[Mapping[str, Any]]
) -> tuple[Addon, ...]:
    plans = {each["id"]: each["plan"]["name"] for each in addons}
    names = {
        **{each["addon"]["id"]: each["addon"]["name"] for each in attachments},
        **{each["id"]: each["name"] for each in addons},
    }
    return tuple(
        Addon(
            identity,
            name,
            plans.get(identity, ""),
            {each["name"]: each["id"] for each in attachments if each["addon"]["id"] == identity},
        )
        for identity, name in names.items()
    )
