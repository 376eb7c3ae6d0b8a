"""An add-on.

https://devcenter.heroku.com/articles/managing-add-ons
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import ADDON, APP, CONFIG_VARS
from dynostack.provider.errors import HerokuError, ProviderError, UnfinishedError
from dynostack.provider.fields import Field, Kind, told
from dynostack.provider.resources import config_vars
from dynostack.provider.resources.base import (
    APP_ID,
    Resource,
    child,
    forgettable,
    found,
    given,
    made_once,
    still_there,
)
from dynostack.provider.rules import ADDON_NAME, some

if TYPE_CHECKING:
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties

_GIVEN_UP = ("deprovisioned", "deprovisioning")


class DeprovisionedError(ProviderError):
    """Heroku has deprovisioned the new add-on: there is nothing to keep, and no cost."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Heroku could not provision the add-on {name} and has deprovisioned it")


class Addon(Resource):
    """An add-on, and the app that it is billed to."""

    type = "heroku:addon/addon:Addon"
    schema_version = 3
    fields: ClassVar[Fields] = {
        "appId": APP_ID,
        "plan": Field(required=True, rule=some),
        "name": Field(named=True, computed=True, rule=ADDON_NAME),
        "config": Field(Kind.MAP, replaces=True, unreadable=True),
        "providerId": told(),
        "configVars": told(Kind.LIST),
        "configVarValues": told(Kind.MAP, secret=True),
    }

    async def create(self, session: Session, inputs: Properties) -> Properties:
        session.discretion.remember((inputs.get("config") or {}).values())
        # Heroku refuses to create a second add-on for an app at the same time.
        async with session.addon_lock:
            addon = await self._ordered(session, inputs)
            try:
                return await self._ready(session, addon, inputs)
            except DeprovisionedError:
                raise
            except ProviderError as error:
                if isinstance(error, HerokuError) and error.gone:
                    raise
                raise UnfinishedError(_told(addon, inputs), error) from None

    async def _ordered(self, session: Session, inputs: Properties) -> Any:
        app = await session.api.get(f"/apps/{inputs['appId']}", APP)
        body = given(inputs, "plan", "name", "config")
        body = {**body, "confirm": app["name"]}
        return await made_once(
            session,
            f"/apps/{inputs['appId']}/addons",
            body,
            ADDON,
            find=lambda: _ordered_after_all(session, inputs),
            look=f"heroku addons --app {inputs['appId']}",
        )

    async def _ready(self, session: Session, addon: Any, inputs: Properties) -> Properties:
        addon = await self._provisioned(session, addon)
        await self._announced(session, addon)
        return await self._state(session, addon, inputs)

    async def _provisioned(self, session: Session, addon: Any) -> Any:
        if addon["state"] == "provisioning":
            path = f"/apps/{addon['app']['id']}/addons/{addon['id']}"
            addon = await session.until(
                lambda: session.api.get(path, ADDON, fresh=True),
                lambda now: now["state"] != "provisioning",
                within=session.settings.addon_timeout,
                what=f"the add-on {addon['name']}",
            )
        if addon["state"] in _GIVEN_UP:
            raise DeprovisionedError(addon["name"])
        if addon["state"] != "provisioned":
            raise ProviderError(
                f"the add-on {addon['name']} is neither provisioned nor deprovisioned"
            )
        return addon

    async def _announced(self, session: Session, addon: Any) -> None:
        """Wait for the config vars, which may appear some time after the add-on is provisioned."""
        if not session.settings.addon_config_vars_in_state:
            return
        path = f"/apps/{addon['app']['id']}/config-vars"
        await session.until(
            lambda: session.api.get(path, CONFIG_VARS, fresh=True),
            lambda known: all(known.get(name) is not None for name in addon["config_vars"]),
            within=session.settings.addon_timeout,
            what=f"config vars of the add-on {addon['name']}",
        )

    async def read(self, session: Session, state: Properties) -> Properties | None:
        if state.get("appId"):
            addon = await child(session, f"/apps/{state['appId']}/addons", ADDON, id=state["id"])
        else:
            addon = await found(session, f"/addons/{state['id']}", ADDON)
        return addon and await self._state(session, addon, state)

    async def update(self, session: Session, state: Properties, inputs: Properties) -> Properties:
        changed = {
            difference.property for difference in self.differences(state, inputs, ignored=())
        }
        if not changed:
            # The last update created the add-on but did not see it provisioned.
            try:
                with still_there():
                    addon = await session.api.get(f"/addons/{state['id']}", ADDON)
                    return await self._ready(session, addon, inputs)
            except DeprovisionedError as error:
                raise forgettable(error) from None
        body = given({key: inputs.get(key) for key in changed}, "plan", "name")
        if not body:
            return {**state, "config": inputs.get("config")}
        # Heroku requires a plan in every request; an empty one does not change the plan.
        path = f"/apps/{state['appId']}/addons/{state['id']}"
        addon = await session.api.patch(path, {"plan": "", **body}, ADDON)
        return await self._state(session, addon, inputs)

    async def delete(self, session: Session, state: Properties) -> None:
        await session.api.delete(f"/apps/{state['appId']}/addons/{state['id']}")

    async def _state(self, session: Session, addon: Any, known: Properties) -> Properties:
        if not session.settings.addon_config_vars_in_state:
            return _told(addon, known)
        values = await config_vars.read(session, addon["app"]["id"])
        values = config_vars.kept(values, addon["config_vars"])
        return {**_told(addon, known), "configVarValues": values}


async def _ordered_after_all(session: Session, inputs: Properties) -> Any | None:
    """Find the add-on by name after the response to its creation was lost; None without a name."""
    if not inputs.get("name"):
        return None
    addon = await found(session, f"/addons/{inputs['name']}", ADDON)
    return addon if addon and addon["app"]["id"] == inputs["appId"] else None


def _told(addon: Any, known: Properties) -> Properties:
    plan = addon["plan"]["name"]
    if known.get("plan") and ":" not in known["plan"]:
        # The program names only the service, so any plan of it matches.
        plan = plan.partition(":")[0]
    return {
        "id": addon["id"],
        "appId": addon["app"]["id"],
        "name": addon["name"],
        "plan": plan,
        "config": known.get("config"),
        "providerId": addon.get("provider_id"),
        "configVars": addon["config_vars"],
        "configVarValues": {},
    }
