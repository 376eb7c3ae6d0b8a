"""Number and size of an app's dynos of one process type.

https://devcenter.heroku.com/articles/scaling
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import FORMATION
from dynostack.provider.fields import Field, Kind
from dynostack.provider.resources.base import APP_ID, Resource, child, found, import_parts
from dynostack.provider.rules import PROCESS_TYPE, at_least, some

if TYPE_CHECKING:
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties


def _capitalised(size: str) -> str:
    """Return a size as Heroku writes it: ``Standard-1X`` for ``standard-1x``."""
    first, *rest = size.split("-")
    return "-".join([first[:1].upper() + first[1:], *(part.upper() for part in rest)])


class Formation(Resource):
    """The dynos of one process type; deleting the resource does not stop them."""

    type = "heroku:formation/formation:Formation"
    schema_version = 1
    fields: ClassVar[Fields] = {
        "appId": APP_ID,
        "type": Field(required=True, rule=PROCESS_TYPE),
        "quantity": Field(Kind.NUMBER, required=True, rule=at_least(0)),
        "size": Field(required=True, normal=_capitalised, rule=some),
    }

    async def create(self, session: Session, inputs: Properties) -> Properties:
        path = f"/apps/{inputs['appId']}/formation/{inputs['type']}"
        body = {"quantity": inputs["quantity"], "size": inputs["size"]}
        return self._state(await session.api.patch(path, body, FORMATION))

    async def read(self, session: Session, state: Properties) -> Properties | None:
        path = f"/apps/{state['appId']}/formation"
        made = await child(session, path, FORMATION, type=state["type"])
        return made and self._state(made)

    async def update(self, session: Session, state: Properties, inputs: Properties) -> Properties:
        return {**await self.create(session, inputs), "id": state["id"]}

    async def delete(self, session: Session, state: Properties) -> None:
        """Do nothing: the app's releases determine its process types."""

    async def find(self, session: Session, import_id: str) -> Properties | None:
        app, process_type = import_parts(import_id, "app:type")
        made = await found(session, f"/apps/{app}/formation/{process_type}", FORMATION)
        return made and self._state(made)

    def _state(self, made: Any) -> Properties:
        return {
            "id": made["id"],
            "appId": made["app"]["id"],
            "type": made["type"],
            "quantity": made["quantity"],
            "size": _capitalised(made["size"]),
        }
