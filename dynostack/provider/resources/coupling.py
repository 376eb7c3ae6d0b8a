"""An app as a stage of a pipeline.

https://devcenter.heroku.com/articles/pipelines
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import COUPLING
from dynostack.provider.fields import Field
from dynostack.provider.resources.base import APP_ID, Resource, found, given, made_once
from dynostack.provider.rules import one_of, uuid_of

if TYPE_CHECKING:
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties

_STAGES = ("review", "development", "staging", "production")


class Coupling(Resource):
    """An app's stage in a pipeline; none of its properties can be changed in place."""

    type = "heroku:pipeline/coupling:Coupling"
    schema_version = 1
    fields: ClassVar[Fields] = {
        "appId": APP_ID,
        "pipeline": Field(
            required=True, replaces=True, rule=uuid_of("a pipeline", "the id, as in pipeline.id")
        ),
        "stage": Field(required=True, replaces=True, rule=one_of(_STAGES)),
    }

    async def create(self, session: Session, inputs: Properties) -> Properties:
        names = {"app": "appId", "pipeline": "pipeline", "stage": "stage"}
        body = {name: inputs[key] for name, key in names.items()}

        async def find() -> Any | None:
            made = await found(session, f"/apps/{inputs['appId']}/pipeline-couplings", COUPLING)
            wanted = given(inputs, "pipeline", "stage").items()
            return made if made and wanted <= self._state(made).items() else None

        look = f"heroku pipelines:info {inputs['pipeline']}"
        made = await made_once(session, "/pipeline-couplings", body, COUPLING, find=find, look=look)
        return self._state(made)

    async def read(self, session: Session, state: Properties) -> Properties | None:
        made = await found(session, f"/pipeline-couplings/{state['id']}", COUPLING)
        return made and self._state(made)

    async def delete(self, session: Session, state: Properties) -> None:
        await session.api.delete(f"/pipeline-couplings/{state['id']}")

    def _state(self, made: Any) -> Properties:
        return {
            "id": made["id"],
            "appId": made["app"]["id"],
            "pipeline": made["pipeline"]["id"],
            "stage": made["stage"],
        }
