"""The context of a preview: the stack's state, and the app on Heroku."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from dynostack.environment.database_moves import PlanAndVersion, needed_move
from dynostack.inventory.app import App
from dynostack.inventory.databases import DatabaseDetails, read_database
from dynostack.inventory.keys import key_names
from dynostack.inventory.platform_api import ApiError, ApiRefusal, PlatformApi
from dynostack.inventory.reader import BASIC, AppVanished, read_inventory
from dynostack.review.errors import AccessRefused
from dynostack.review.source_locations import SourceLocations
from dynostack.review.state import StackState

NOT_FOUND, FORBIDDEN, UNAUTHORIZED = "not_found", "forbidden", "unauthorized"
"""Ids of Heroku's errors.  https://devcenter.heroku.com/articles/platform-api-reference#errors"""


@dataclass(frozen=True)
class Context:
    """The state of a stack and its app on Heroku."""

    state: StackState = field(default_factory=StackState)
    app: App | None = None
    """None if the state has no app, if the app is gone from Heroku, or if Heroku was not asked."""
    name_taken: bool = False
    """Whether another app on Heroku already has the name that the file gives the app."""
    unavailable: str = ""
    """Why Heroku could not be asked; empty when it answered."""
    databases: Mapping[str, DatabaseDetails] = field(default_factory=dict)
    """Id of each database that may need a move -> what Heroku reports about it."""


def read_context(state: StackState, places: SourceLocations, api: PlatformApi | None) -> Context:
    """Read a stack's app with all its parts from Heroku, and each database that may need a move.

    Args:
        state: the stack's state, which has the id of the app.
        places: the environment's file, which has the app's name and its databases.
        api: Heroku's API; None if there is no API key.

    Raises:
        AccessRefused: there is an app but no API key, Heroku does not accept the key, or the
            account may not see the stack's app.
    """
    if api is None:
        if state.app_id:
            message = f"cannot read app {state.app_name}: there is no API key"
            raise _refused(places, message, "an API key, or run heroku login")
        return Context(state)
    name = str(places.value("app", "name") or "")
    try:
        app = _existing(state, places, api) if state.app_id else None
        taken = bool(name) and (app is None or app.name != name) and _is_taken(name, api)
    except ApiRefusal as refusal:
        if refusal.id == UNAUTHORIZED:
            message = f"Heroku does not accept the API key in use: {refusal}"
            raise _refused(places, message, "a valid API key") from None
        return Context(state, unavailable=str(refusal))
    except ApiError as error:
        return Context(state, unavailable=str(error))
    databases = _moving(state, places, api) if app else {}
    return Context(state, app, taken, databases=databases)


def _moving(
    state: StackState, places: SourceLocations, api: PlatformApi
) -> dict[str, DatabaseDetails]:
    """Read the databases whose plan or version in the file may need a move.

    Only Heroku knows a database's current version and size.  Leave out a database that Heroku does
    not report.
    """
    found: dict[str, DatabaseDetails] = {}
    for database in state.databases:
        if _may_move(database.kind, places.database(database.name)):
            with suppress(ApiError):
                found[database.id] = read_database(api, database.id)
    return found


def _may_move(stored: PlanAndVersion, written: PlanAndVersion) -> bool:
    wanted = replace(written, plan=written.plan or stored.plan)
    unknown = bool(wanted.version) and not stored.version
    return unknown or needed_move(stored, wanted) is not None


def _existing(state: StackState, places: SourceLocations, api: PlatformApi) -> App | None:
    message = f"the account of the API key in use has no access to app {state.app_name}"
    access = "an API key of an account with access"
    try:
        app = read_inventory(api, state.app_id)
    except AppVanished:
        return None
    except ApiRefusal as refusal:
        if refusal.id == NOT_FOUND:
            return None
        if refusal.id == FORBIDDEN:
            raise _refused(places, message, access) from None
        raise
    if any(part in app.unread for part in BASIC):
        raise _refused(places, message, access)
    return app


def _refused(places: SourceLocations, message: str, key: str) -> AccessRefused:
    names = key_names(str(places.value("account") or ""))
    return AccessRefused(f"{message}\n      = set {names} to {key}")


def _is_taken(name: str, api: PlatformApi) -> bool:
    try:
        api.get(f"/apps/{name}")
    except ApiRefusal as refusal:
        if refusal.id in (NOT_FOUND, FORBIDDEN):
            return refusal.id == FORBIDDEN
        raise
    return True
