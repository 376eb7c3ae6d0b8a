"""An add-on attached to another app, or under another name.

https://devcenter.heroku.com/articles/add-ons#using-add-on-attachments
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import ATTACHMENT
from dynostack.provider.errors import ProviderError
from dynostack.provider.fields import Field
from dynostack.provider.resources.base import (
    APP_ID,
    Resource,
    child,
    found,
    given,
    listed,
    made_once,
)
from dynostack.provider.rules import some, uuid_of

if TYPE_CHECKING:
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties

_IMPORT = uuid_of("an attachment", "the id that heroku addons --app APP --json shows")


class Attachment(Resource):
    """An attachment; none of its properties can be changed in place."""

    type = "heroku:addon/attachment:Attachment"
    schema_version = 1
    fields: ClassVar[Fields] = {
        "appId": APP_ID,
        "addonId": Field(required=True, replaces=True, rule=some),
        "name": Field(named=True, computed=True, replaces=True, rule=some),
        "namespace": Field(computed=True, replaces=True),
    }

    async def create(self, session: Session, inputs: Properties) -> Properties:
        body = given(inputs, "name", "namespace", addon="addonId", app="appId")
        made = await made_once(
            session,
            "/addon-attachments",
            body,
            ATTACHMENT,
            find=lambda: self._made_after_all(session, inputs),
            look=f"heroku addons --app {inputs['appId']}",
        )
        return self._state(made)

    async def _made_after_all(self, session: Session, inputs: Properties) -> Any | None:
        """Find the attachment by name after its response was lost; None without a name."""
        if not inputs.get("name"):
            return None
        path = f"/apps/{inputs['appId']}/addon-attachments"
        made = await listed(session, path, ATTACHMENT, name=inputs["name"])
        return made if made and made["addon"]["id"] == inputs["addonId"] else None

    async def read(self, session: Session, state: Properties) -> Properties | None:
        path = f"/apps/{state['appId']}/addon-attachments"
        made = await child(session, path, ATTACHMENT, id=state["id"])
        return made and self._state(made)

    async def delete(self, session: Session, state: Properties) -> None:
        await session.api.delete(f"/addon-attachments/{state['id']}")

    async def find(self, session: Session, import_id: str) -> Properties | None:
        if reason := _IMPORT(import_id):
            raise ProviderError(reason)
        made = await found(session, f"/addon-attachments/{import_id}", ATTACHMENT)
        return made and self._state(made)

    def _state(self, made: Any) -> Properties:
        return {
            "id": made["id"],
            "appId": made["app"]["id"],
            "addonId": made["addon"]["id"],
            "name": made["name"],
            "namespace": made.get("namespace") or "",
        }
