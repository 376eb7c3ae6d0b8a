"""A person with permissions on a team's app.

https://devcenter.heroku.com/articles/app-permissions
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import COLLABORATOR
from dynostack.provider.errors import HerokuError
from dynostack.provider.fields import Field, Kind
from dynostack.provider.resources.base import (
    APP_ID,
    Resource,
    child,
    found,
    import_parts,
    made_once,
)
from dynostack.provider.resources.collaborator import EMAIL, already, until_gone

if TYPE_CHECKING:
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Plain, Properties

PERMISSIONS = ("view", "deploy", "operate", "manage")


def _one_to_four(value: Plain) -> str | None:
    if 1 <= len(set(value)) <= len(PERMISSIONS):
        return None
    return f"has {len(set(value))} entries; write one to four of {', '.join(PERMISSIONS)}"


class TeamCollaborator(Resource):
    """A collaborator of an app that a team owns."""

    type = "heroku:team/collaborator:Collaborator"
    schema_version = 1
    fields: ClassVar[Fields] = {
        "appId": APP_ID,
        "email": EMAIL,
        "permissions": Field(Kind.SET, required=True, rule=_one_to_four),
    }

    async def create(self, session: Session, inputs: Properties) -> Properties:
        path = f"/teams/apps/{inputs['appId']}/collaborators"
        permissions = sorted(set(inputs["permissions"]))
        body = {"user": inputs["email"], "silent": True, "permissions": permissions}
        try:
            made = await made_once(
                session,
                path,
                body,
                COLLABORATOR,
                find=lambda: found(
                    session,
                    f"/apps/{inputs['appId']}/collaborators/{inputs['email']}",
                    COLLABORATOR,
                ),
                look=f"heroku access --app {inputs['appId']}",
            )
            return self._state(made)
        except HerokuError as error:
            if not already(error):
                raise
        return await self._adopted(session, inputs)

    async def _adopted(self, session: Session, inputs: Properties) -> Properties:
        """Set the permissions of a person who has access already."""
        return await self.update(session, inputs, inputs)

    async def read(self, session: Session, state: Properties) -> Properties | None:
        # Not below /teams/apps: the app's own list has the permissions, too, and one request
        # serves collaborators of both types.
        path = f"/apps/{state['appId']}/collaborators"
        made = await child(session, path, COLLABORATOR, id=state["id"])
        return made and self._state(made)

    async def update(self, session: Session, state: Properties, inputs: Properties) -> Properties:
        path = f"/teams/apps/{state['appId']}/collaborators/{state['email']}"
        permissions = sorted(set(inputs["permissions"]))
        body = {"permissions": permissions}
        return self._state(await session.api.patch(path, body, COLLABORATOR))

    async def delete(self, session: Session, state: Properties) -> None:
        path = f"/teams/apps/{state['appId']}/collaborators"
        await session.api.delete(f"{path}/{state['email']}")
        await until_gone(session, f"{path}/{state['id']}")

    async def find(self, session: Session, import_id: str) -> Properties | None:
        app, email = import_parts(import_id, "app:email")
        made = await found(session, f"/apps/{app}/collaborators/{email}", COLLABORATOR)
        return made and self._state(made)

    def _state(self, made: Any) -> Properties:
        return {
            "id": made["id"],
            "appId": made["app"]["id"],
            "email": made["user"]["email"],
            "permissions": sorted(
                permission["name"] for permission in made.get("permissions") or []
            ),
        }
