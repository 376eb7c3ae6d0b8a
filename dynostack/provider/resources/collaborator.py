"""A person with access to an app.

https://devcenter.heroku.com/articles/collaborating
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import COLLABORATOR
from dynostack.provider.errors import HerokuError, ProviderError
from dynostack.provider.fields import Field
from dynostack.provider.resources.base import (
    APP_ID,
    Resource,
    child,
    found,
    import_parts,
    made_once,
)
from dynostack.provider.rules import some

if TYPE_CHECKING:
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties

EMAIL = Field(required=True, replaces=True, rule=some)
_GONE_SECONDS = 10


class Collaborator(Resource):
    """A collaborator of a personal app."""

    type = "heroku:collaborator/collaborator:Collaborator"
    schema_version = 1
    fields: ClassVar[Fields] = {"appId": APP_ID, "email": EMAIL}

    async def create(self, session: Session, inputs: Properties) -> Properties:
        path = f"/apps/{inputs['appId']}/collaborators"
        try:
            made = await made_once(
                session,
                path,
                {"user": inputs["email"], "silent": True},
                COLLABORATOR,
                find=lambda: found(session, f"{path}/{inputs['email']}", COLLABORATOR),
                look=f"heroku access --app {inputs['appId']}",
            )
        except HerokuError as error:
            if not already(error):
                raise
            raise ProviderError(
                f"{error}; to manage this access with Pulumi, run pulumi import {self.type} "
                f"NAME {inputs['appId']}:{inputs['email']}"
            ) from None
        return self._state(made)

    async def read(self, session: Session, state: Properties) -> Properties | None:
        path = f"/apps/{state['appId']}/collaborators"
        made = await child(session, path, COLLABORATOR, id=state["id"])
        return made and self._state(made)

    async def delete(self, session: Session, state: Properties) -> None:
        await session.api.delete(f"/apps/{state['appId']}/collaborators/{state['email']}")
        await until_gone(session, f"/apps/{state['appId']}/collaborators/{state['id']}")

    async def find(self, session: Session, import_id: str) -> Properties | None:
        app, email = import_parts(import_id, "app:email")
        made = await found(session, f"/apps/{app}/collaborators/{email}", COLLABORATOR)
        return made and self._state(made)

    def _state(self, made: Any) -> Properties:
        return {"id": made["id"], "appId": made["app"]["id"], "email": made["user"]["email"]}


def already(error: HerokuError) -> bool:
    """Tell whether Heroku refused because the person has access to the app already."""
    return "is already a collaborator on app" in error.message.lower()


async def until_gone(session: Session, path: str) -> None:
    """Wait until Heroku no longer returns a removed collaborator.

    Before that, Heroku refuses to add the same person again.
    https://github.com/heroku/terraform-provider-heroku/blob/v5.2.10/heroku/resource_heroku_team_collaborator.go
    """

    async def gone() -> bool:
        return await found(session, path, COLLABORATOR, fresh=True) is None

    await session.until(gone, bool, within=_GONE_SECONDS, what="the removal of a collaborator")
