"""A pipeline.

https://devcenter.heroku.com/articles/pipelines
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import ACCOUNT, PIPELINE
from dynostack.provider.fields import Field, Kind
from dynostack.provider.resources.base import Resource, found, made_once
from dynostack.provider.rules import PIPELINE_NAME, one_of, uuid_of

if TYPE_CHECKING:
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties

_OWNER = {
    "id": Field(required=True, replaces=True, rule=uuid_of("an owner", "a team's or user's id")),
    "type": Field(required=True, replaces=True, rule=one_of(("team", "user"))),
}


class Pipeline(Resource):
    """A group of apps that share a codebase."""

    type = "heroku:pipeline/pipeline:Pipeline"
    fields: ClassVar[Fields] = {
        "name": Field(named=True, rule=PIPELINE_NAME),
        "owner": Field(Kind.BLOCK, computed=True, fields=_OWNER),
    }

    async def create(self, session: Session, inputs: Properties) -> Properties:
        owner = inputs.get("owner")
        if owner is None:
            owner = {"id": (await session.api.get("/account", ACCOUNT))["id"], "type": "user"}
        body = {"name": inputs["name"], "owner": {key: owner[key] for key in _OWNER}}
        made = await made_once(
            session,
            "/pipelines",
            body,
            PIPELINE,
            find=lambda: found(session, f"/pipelines/{inputs['name']}", PIPELINE),
            look="heroku pipelines",
        )
        return self._state(made)

    async def read(self, session: Session, state: Properties) -> Properties | None:
        made = await found(session, f"/pipelines/{state['id']}", PIPELINE)
        return made and self._state(made)

    async def update(self, session: Session, state: Properties, inputs: Properties) -> Properties:
        body = {"name": inputs["name"]}
        path = f"/pipelines/{state['id']}"
        return self._state(await session.api.patch(path, body, PIPELINE))

    async def delete(self, session: Session, state: Properties) -> None:
        await session.api.delete(f"/pipelines/{state['id']}")

    def _state(self, made: Any) -> Properties:
        owner = {key: made["owner"][key] for key in _OWNER}
        return {"id": made["id"], "name": made["name"], "owner": owner}
