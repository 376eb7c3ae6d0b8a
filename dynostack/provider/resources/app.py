"""An app.

https://devcenter.heroku.com/articles/platform-api-reference#app
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import ADDON, APP, BUILDPACKS, CHANGED, CONFIG_VARS, TEAM_APP
from dynostack.provider.errors import HerokuError, ProviderError, UnfinishedError
from dynostack.provider.fields import Field, Kind, told
from dynostack.provider.resources import config_vars
from dynostack.provider.resources.base import Resource, found, given, made_once
from dynostack.provider.rules import APP_NAME, config_var_names, some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynostack.provider.check import Failure
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties

_BOTH = ("configVars", "sensitiveConfigVars")
_ORGANIZATION = {
    "name": Field(required=True, replaces=True, rule=some),
    "locked": Field(Kind.FLAG, computed=True),
    "personal": Field(Kind.FLAG, computed=True, replaces=True),
}


class App(Resource):
    """An app of the account, or of a team if ``organization`` names one."""

    type = "heroku:app/app:App"
    schema_version = 1
    fields: ClassVar[Fields] = {
        "name": Field(named=True, rule=APP_NAME),
        "region": Field(required=True, replaces=True, rule=some),
        "space": Field(replaces=True),
        "stack": Field(computed=True),
        "internalRouting": Field(Kind.FLAG, computed=True, replaces=True),
        "buildpacks": Field(Kind.LIST, computed=True),
        "configVars": Field(Kind.MAP, computed=True, rule=config_var_names),
        "sensitiveConfigVars": Field(Kind.MAP, computed=True, secret=True, rule=config_var_names),
        "acm": Field(Kind.FLAG, computed=True),
        "organization": Field(Kind.BLOCK, fields=_ORGANIZATION),
        "allConfigVars": told(Kind.MAP, secret=True),
        "gitUrl": told(follows="name"),
        "webUrl": told(follows="name"),
        "herokuHostname": told(follows="name"),
        "uuid": told(),
    }

    def wrong(self, inputs: Properties) -> Iterator[Failure]:
        return config_vars.twice(inputs, *_BOTH)

    async def create(self, session: Session, inputs: Properties) -> Properties:
        path, body = _request(inputs)
        app = await made_once(
            session,
            path,
            body,
            APP,
            find=lambda: _empty(session, inputs.get("name")),
            look="heroku apps --all",
        )
        try:
            await self._complete(session, app["id"], inputs)
            await session.pause(session.settings.app_delay)
            return await self._read(session, {**inputs, "id": app["id"]})
        except ProviderError as error:
            raise UnfinishedError(await self._so_far(session, app, inputs), error) from None

    async def _so_far(self, session: Session, app: Any, inputs: Properties) -> Properties:
        """Return the state of an app that could not be completed; an update does the rest."""
        try:
            return await self._read(session, {**inputs, "id": app["id"]})
        except ProviderError:
            return _told(app, {})

    async def _complete(self, session: Session, app_id: str, inputs: Properties) -> None:
        await config_vars.change(session, app_id, config_vars.merged(inputs, *_BOTH))
        if inputs.get("buildpacks"):
            await _set_buildpacks(session, app_id, inputs["buildpacks"])
        if inputs.get("acm"):
            await session.api.post(f"/apps/{app_id}/acm", {}, CHANGED)

    async def read(self, session: Session, state: Properties) -> Properties | None:
        try:
            return await self._read(session, state)
        except HerokuError as error:
            if error.gone:
                return None
            raise

    async def _read(self, session: Session, state: Properties) -> Properties:
        app = await session.api.get(f"/apps/{state['id']}", APP)
        wants_vars = session.settings.app_config_vars_in_state or any(map(state.get, _BOTH))
        buildpacks, values, team_app = await asyncio.gather(
            session.api.get(f"/apps/{state['id']}/buildpack-installations", BUILDPACKS),
            config_vars.read(session, state["id"]) if wants_vars else _nothing(),
            session.api.get(f"/teams/apps/{state['id']}", TEAM_APP)
            if app.get("team")
            else _nothing(),
        )
        return {
            **_told({**app, "locked": team_app.get("locked")}, state),
            "buildpacks": [installed["buildpack"]["name"] for installed in buildpacks],
            "allConfigVars": values if session.settings.app_config_vars_in_state else {},
            **{name: config_vars.kept(values, state.get(name)) for name in _BOTH},
        }

    async def comparable(
        self, session: Session, state: Properties, inputs: Properties
    ) -> Properties:
        """Return the state; after an import, with the config vars that the inputs name.

        An import cannot know which of an app's config vars the program declares, so it imports
        none.  Declared config vars with the value that Heroku has are not a change.
        """
        values = {name: inputs.get(name) for name in _BOTH}
        declared = {name: each for name, each in values.items() if each and isinstance(each, dict)}
        if any(map(state.get, _BOTH)) or not declared:
            return state
        try:
            known = await config_vars.read(session, state["id"])
        except HerokuError as error:
            if error.gone:
                return state
            raise
        return {**state, **{name: config_vars.kept(known, declared[name]) for name in declared}}

    async def update(self, session: Session, state: Properties, inputs: Properties) -> Properties:
        app_id = state["id"]
        changed = {
            difference.property for difference in self.differences(state, inputs, ignored=())
        }
        body = given({key: inputs.get(key) for key in changed}, "name", build_stack="stack")
        if body:
            await session.api.patch(f"/apps/{app_id}", body, CHANGED)
        if "buildpacks" in changed:
            await _set_buildpacks(session, app_id, inputs["buildpacks"])
        compared = await self.comparable(session, state, inputs)
        await config_vars.change(session, app_id, _changed_vars(compared, inputs))
        if "acm" in changed:
            await _set_acm(session, app_id, on=inputs["acm"])
        if "organization" in changed and inputs["organization"].get("locked") is not None:
            locked = {"locked": inputs["organization"]["locked"]}
            await session.api.patch(f"/teams/apps/{app_id}", locked, CHANGED)
        return await self._read(session, {**state, **inputs})

    async def delete(self, session: Session, state: Properties) -> None:
        await session.api.delete(f"/apps/{state['id']}")

    async def find(self, session: Session, import_id: str) -> Properties | None:
        app = await found(session, f"/apps/{import_id}", APP)
        return app and {"id": app["id"]}


def _request(inputs: Properties) -> tuple[str, Properties]:
    body = given(inputs, "name", "region", "stack", "space", internal_routing="internalRouting")
    organization = inputs.get("organization")
    if organization is None:
        return "/apps", body
    team = {key: bool(organization.get(key)) for key in ("locked", "personal")}
    return "/teams/apps", {**body, "team": organization["name"], **team}


def _changed_vars(state: Properties, inputs: Properties) -> dict[str, str | None]:
    """Return the changes of config vars; a missing property changes none of its config vars."""
    names = [name for name in _BOTH if inputs.get(name) is not None]
    old, new = config_vars.merged(state, *names), config_vars.merged(inputs, *names)
    return config_vars.changes(old, new)


async def _set_buildpacks(session: Session, app_id: str, buildpacks: list[str]) -> None:
    updates = [{"buildpack": buildpack} for buildpack in buildpacks]
    path = f"/apps/{app_id}/buildpack-installations"
    await session.api.put(path, {"updates": updates}, BUILDPACKS)


async def _set_acm(session: Session, app_id: str, *, on: bool) -> None:
    """Switch automated certificates on or off.

    https://devcenter.heroku.com/articles/automated-certificate-management
    """
    path = f"/apps/{app_id}/acm"
    await (session.api.post(path, {}, CHANGED) if on else session.api.delete(path))


async def _nothing() -> dict[str, Any]:
    return {}


async def _empty(session: Session, name: str | None) -> Any | None:
    """Return the app with this name if it is empty, and therefore new."""
    app = await found(session, f"/apps/{name}", APP) if name else None
    if app is None or app.get("slug_size", 0) is not None:
        return None
    path = f"/apps/{app['id']}"
    full = await session.api.listing(f"{path}/addons", ADDON) or await session.api.get(
        f"{path}/config-vars", CONFIG_VARS
    )
    return None if full else app


def _told(app: Any, state: Properties) -> Properties:
    """Return the state with the values of the response; the other values as they were."""
    web_url = app.get("web_url") or ""
    told_ = {
        "id": app["id"],
        "uuid": app["id"],
        "name": app["name"],
        "region": app["region"]["name"],
        "stack": app["build_stack"]["name"],
        "internalRouting": bool(app.get("internal_routing")),
        "acm": bool(app.get("acm")),
        "gitUrl": app["git_url"],
        "webUrl": web_url,
        "herokuHostname": web_url.removeprefix("https://").removeprefix("http://").rstrip("/"),
        **{name: state.get(name) for name in _BOTH},
    }
    if app.get("team") is None:
        return {**told_, "organization": None, "space": None}
    space = app.get("space")
    return {
        **told_,
        "organization": _organization(app, state.get("organization") or {}),
        "space": space["name"] if space else "",
    }


def _organization(app: Any, known: Properties) -> Properties:
    return {
        "name": app["team"]["name"],
        "locked": bool(app.get("locked")),
        # Heroku never returns it, so keep what the program set.
        "personal": bool(known.get("personal")),
    }
