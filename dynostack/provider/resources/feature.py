"""A feature of an app, on or off.

https://devcenter.heroku.com/articles/heroku-labs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import FEATURE
from dynostack.provider.errors import HerokuError
from dynostack.provider.fields import Field, Kind
from dynostack.provider.resources.base import APP_ID, Resource, app_uuid, child, import_parts
from dynostack.provider.rules import some

if TYPE_CHECKING:
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties


class Feature(Resource):
    """A feature; deleting the resource switches the feature off."""

    type = "heroku:app/feature:Feature"
    schema_version = 1
    fields: ClassVar[Fields] = {
        "appId": APP_ID,
        "name": Field(named=True, replaces=True, rule=some),
        "enabled": Field(Kind.FLAG, default=True),
    }

    async def create(self, session: Session, inputs: Properties) -> Properties:
        return self._state(await _switch(session, inputs, on=inputs["enabled"]), inputs["appId"])

    async def read(self, session: Session, state: Properties) -> Properties | None:
        path = f"/apps/{state['appId']}/features"
        made = await child(session, path, FEATURE, name=state["name"])
        return made and self._state(made, state["appId"])

    async def update(self, session: Session, state: Properties, inputs: Properties) -> Properties:
        made = await _switch(session, state, on=inputs["enabled"])
        return self._state(made, state["appId"])

    async def delete(self, session: Session, state: Properties) -> None:
        try:
            await _switch(session, state, on=False)
        except HerokuError as error:
            if not error.gone:
                raise

    async def find(self, session: Session, import_id: str) -> Properties | None:
        app, name = import_parts(import_id, "app:feature")
        return {"id": import_id, "appId": await app_uuid(session, app), "name": name}

    def _state(self, made: Any, app_id: str) -> Properties:
        return {
            "id": f"{app_id}:{made['id']}",
            "appId": app_id,
            "name": made["name"],
            "enabled": made["enabled"],
        }


async def _switch(session: Session, feature: Properties, *, on: bool) -> Any:
    path = f"/apps/{feature['appId']}/features/{feature['name']}"
    return await session.api.patch(path, {"enabled": on}, FEATURE)
