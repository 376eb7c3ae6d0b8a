"""Config vars of an app that is declared elsewhere.

https://devcenter.heroku.com/articles/config-vars
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dynostack.provider.errors import HerokuError, ProviderError, UnfinishedError
from dynostack.provider.fields import Field, Kind
from dynostack.provider.resources import config_vars
from dynostack.provider.resources.base import Resource
from dynostack.provider.rules import config_var_names, uuid_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynostack.provider.check import Failure
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties

_BOTH = ("vars", "sensitiveVars")


class ConfigAssociation(Resource):
    """A set of config vars that belong together."""

    type = "heroku:app/configAssociation:ConfigAssociation"
    fields: ClassVar[Fields] = {
        "appId": Field(required=True, rule=uuid_of("an app", "the app's id, as in app.id")),
        "vars": Field(Kind.MAP, rule=config_var_names),
        "sensitiveVars": Field(Kind.MAP, secret=True, rule=config_var_names),
    }

    async def create(self, session: Session, inputs: Properties) -> Properties:
        await config_vars.put(session, inputs["appId"], config_vars.merged(inputs, *_BOTH))
        state = {"id": f"config:{inputs['appId']}", **self._told(inputs)}
        try:
            await config_vars.released(session, inputs["appId"])
        except ProviderError as error:
            raise UnfinishedError(state, error) from None
        return state

    async def read(self, session: Session, state: Properties) -> Properties | None:
        try:
            known = await config_vars.read(session, state["appId"])
        except HerokuError as error:
            if error.gone:
                return None
            raise
        now = {name: config_vars.kept(known, state[name]) for name in _BOTH if state.get(name)}
        return {**state, **now}

    async def update(self, session: Session, state: Properties, inputs: Properties) -> Properties:
        new = config_vars.merged(inputs, *_BOTH)
        old = config_vars.merged(state, *_BOTH)
        if inputs["appId"] == state["appId"]:
            await config_vars.change(session, inputs["appId"], config_vars.changes(old, new))
        else:
            await config_vars.change(session, inputs["appId"], new)
            await self.delete(session, state)
        return {"id": state["id"], **self._told(inputs)}

    async def delete(self, session: Session, state: Properties) -> None:
        removed = config_vars.changes(config_vars.merged(state, *_BOTH), {})
        try:
            await config_vars.change(session, state["appId"], removed)
        except HerokuError as error:
            if not error.gone:
                raise

    async def find(self, session: Session, import_id: str) -> Properties | None:  # noqa: ARG002
        raise ProviderError(
            f"{self.type} cannot be imported: Heroku does not know which config vars belong "
            "together; declare it and run pulumi up"
        )

    def wrong(self, inputs: Properties) -> Iterator[Failure]:
        return config_vars.twice(inputs, *_BOTH)

    def _told(self, inputs: Properties) -> Properties:
        return {name: inputs.get(name) for name in self.fields}
