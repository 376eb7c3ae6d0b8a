"""Personal apps and apps of teams."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from localheroku.api.account import models as accounts
from localheroku.api.apps.errors import (
    AppNameFormError,
    AppNameTakenError,
    AppNotFoundError,
    RegionPrivateError,
    RegionUnknownError,
    StackUnknownError,
)
from localheroku.api.spaces import records as spaces
from localheroku.api.spaces.errors import NotAllocatedError
from localheroku.api.spaces.records import ALLOCATED, Space
from localheroku.api.teams import models as teams
from localheroku.core import catalogue, name_generator
from localheroku.core.record import Record
from localheroku.core.state import Document, State

NAME = re.compile(r"[a-z][a-z0-9-]{1,28}[a-z0-9]")


@dataclass(frozen=True, kw_only=True)
class App(Record):
    """An app.

    `team_id` is None for a personal app; `stack` is the stack that dynos run on, `build_stack` the
    one of the next build.
    """

    name: str
    owner_id: str
    team_id: str | None
    region: str
    stack: str
    build_stack: str
    maintenance: bool = False
    acm: bool = False
    locked: bool = False
    released_at: str | None = None
    slug_size: int | None = None
    description: str = "Python"
    """The kind of app that the last buildpack of the last build detected, such as Python."""
    build_cache: str = ""
    """The key of the build cache; a new key makes the next build start without a cache."""
    buildpacks: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    space_id: str | None = None
    internal_routing: bool | None = None


@dataclass(frozen=True)
class NewApp:
    """The options of a new app; Heroku chooses the values that are None."""

    name: str | None = None
    region: str | None = None
    stack: str | None = None
    team: str | None = None
    space: str | None = None
    locked: bool = False
    internal_routing: bool | None = None


def every(state: State) -> list[App]:
    return state.store.every(App)


def of_team(state: State, team: teams.Team) -> list[App]:
    return [app for app in every(state) if app.team_id == team.id]


def find(state: State, identity: str) -> App:
    """Return the app with an id or name.

    Raises:
        AppNotFoundError: There is no such app.
    """
    store = state.store
    app = store.find(App, identity) or store.named(App, name=identity)
    if app is None:
        raise AppNotFoundError
    return app


def find_of_team(state: State, identity: str) -> App:
    """Return a team's app with an id or name.

    Raises:
        AppNotFoundError: There is no such app, or it is a personal app.
    """
    app = find(state, identity)
    if app.team_id is None:
        raise AppNotFoundError
    return app


def create(state: State, new: NewApp) -> App:
    """Create an app.

    Raises:
        ParamsError: The name, region or stack is invalid.
    """
    space = _space(state, new.space) if new.space else None
    team_id = teams.find(state, new.team).id if new.team else None
    stack = _stack(state, new.stack)
    return state.store.put(
        App(
            **state.stamp(),
            name=_name(state, new.name),
            owner_id=accounts.current(state).id,
            team_id=space.team_id if space else team_id,
            region=space.region if space else _region(state, new.region),
            stack=stack,
            build_stack=stack,
            locked=new.locked,
            space_id=space.id if space else None,
            internal_routing=new.internal_routing if space else None,
        )
    )


def update(state: State, app: App, changes: dict[str, Any]) -> App:
    """Change `name`, `build_stack`, `maintenance`, `acm` or `locked`."""
    if "name" in changes:
        changes["name"] = _name(state, changes["name"], app)
    if "build_stack" in changes:
        changes["build_stack"] = _stack(state, changes["build_stack"])
    return state.change(app, **changes)


def host(app: App) -> str:
    """Return the host name of the app's site on this machine."""
    return f"{app.name}.localhost"


def address(state: State, app: App) -> str:
    """Return the URL of the app's site."""
    return f"http://{host(app)}:{state.settings.port}/"


def page(state: State, app: App) -> str:
    """Return the URL of the app's section on the local Heroku's own page."""
    return f"{state.settings.url}/#/apps/{app.name}"


def _taken(state: State, name: str) -> bool:
    return state.store.named(App, name=name) is not None


def _name(state: State, name: str | None, app: App | None = None) -> str:
    if not name:
        return name_generator.app_name(lambda candidate: _taken(state, candidate))
    if NAME.fullmatch(name) is None:
        raise AppNameFormError
    if _taken(state, name) and (app is None or app.name != name):
        raise AppNameTakenError
    return name


def _space(state: State, identity: str) -> Space:
    space = spaces.find(state, identity)
    if space.state != ALLOCATED:
        raise NotAllocatedError(space=space.name)
    return space


def _region(state: State, identity: str | None) -> str:
    region = catalogue.find(state.catalogue.regions, identity or "us")
    if region is None:
        raise RegionUnknownError
    if region.row["private_capable"]:
        raise RegionPrivateError(region=region.name)
    return region.name


def _stack(state: State, identity: str | None) -> str:
    stacks = state.catalogue.stacks
    if identity is None:
        return next(stack.name for stack in stacks if stack.row["default"])
    stack = state.catalogue.orderable_stack(identity)
    if stack is None:
        raise StackUnknownError
    return stack.name


def document(state: State, app: App) -> Document:
    team = teams.brief(teams.find(state, app.team_id)) if app.team_id else None
    space = state.store.find(Space, app.space_id) if app.space_id else None
    return {
        **_common(state, app),
        "acm": app.acm,
        "organization": team,
        "team": team,
        "space": {**spaces.brief(space), "shield": space.shield} if space else None,
    }


def team_document(state: State, app: App) -> Document:
    """Return the app as the endpoints under /teams show it."""
    team = {"name": teams.find(state, app.team_id).name} if app.team_id else None
    space = state.store.find(Space, app.space_id) if app.space_id else None
    return {
        **_common(state, app),
        "joined": True,
        "locked": app.locked,
        "team": team,
        "space": spaces.brief(space) if space else None,
    }


def _common(state: State, app: App) -> Document:
    return {
        "id": app.id,
        "name": app.name,
        "created_at": app.created_at,
        "updated_at": app.updated_at,
        "released_at": app.released_at,
        "archived_at": None,
        "buildpack_provided_description": app.description if app.slug_size else None,
        "build_stack": catalogue.brief("stack", app.build_stack),
        "stack": catalogue.brief("stack", app.stack),
        "region": catalogue.brief("region", app.region),
        "owner": _owner(state, app),
        "git_url": f"{state.settings.url}/{app.name}.git",
        "web_url": address(state, app),
        "internal_routing": app.internal_routing,
        "maintenance": app.maintenance,
        "repo_size": None,
        "slug_size": app.slug_size,
    }


def _owner(state: State, app: App) -> Document:
    """Return the owner of an app; for a team's app, the account that Heroku keeps for the team."""
    if app.team_id is None:
        return accounts.brief(accounts.find(state, app.owner_id))
    team = teams.find(state, app.team_id)
    return {"id": team.id, "email": f"{team.name}@herokumanager.com"}


def brief(app: App) -> Document:
    """Return the app as other resources show it."""
    return {"id": app.id, "name": app.name}
