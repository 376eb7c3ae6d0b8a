"""A custom domain of an app.

https://devcenter.heroku.com/articles/custom-domains
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import APP, DOMAIN
from dynostack.provider.errors import ProviderError, UnfinishedError
from dynostack.provider.fields import Field, told
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


class Domain(Resource):
    """A host name whose requests Heroku's router sends to the app."""

    type = "heroku:domain/domain:Domain"
    schema_version = 1
    fields: ClassVar[Fields] = {
        "appId": APP_ID,
        "hostname": Field(required=True, replaces=True, rule=some),
        "sniEndpointId": Field(),
        "cname": told(),
    }

    async def create(self, session: Session, inputs: Properties) -> Properties:
        body = {"hostname": inputs["hostname"], "sni_endpoint": inputs.get("sniEndpointId")}
        path = f"/apps/{inputs['appId']}/domains"
        made = await made_once(
            session,
            path,
            body,
            DOMAIN,
            find=lambda: found(session, f"{path}/{inputs['hostname']}", DOMAIN),
            look=f"heroku domains --app {inputs['appId']}",
        )
        try:
            state = await self._state(session, made, inputs)
            await session.pause(session.settings.domain_delay)
        except ProviderError as error:
            raise UnfinishedError(_told(made, inputs), error) from None
        return state

    async def read(self, session: Session, state: Properties) -> Properties | None:
        made = await child(session, f"/apps/{state['appId']}/domains", DOMAIN, id=state["id"])
        return made and await self._state(session, made, state)

    async def update(self, session: Session, state: Properties, inputs: Properties) -> Properties:
        path = f"/apps/{state['appId']}/domains/{state['id']}"
        body = {"sni_endpoint": inputs.get("sniEndpointId")}
        return await self._state(session, await session.api.patch(path, body, DOMAIN), inputs)

    async def delete(self, session: Session, state: Properties) -> None:
        await session.api.delete(f"/apps/{state['appId']}/domains/{state['id']}")

    async def find(self, session: Session, import_id: str) -> Properties | None:
        app, domain = import_parts(import_id, "app:domain")
        made = await found(session, f"/apps/{app}/domains/{domain}", DOMAIN)
        return made and await self._state(session, made, {})

    async def _state(self, session: Session, made: Any, known: Properties) -> Properties:
        endpoint = await _endpoint(session, made)
        return _told(made, {"sniEndpointId": endpoint} if endpoint else known)


def _told(made: Any, known: Properties) -> Properties:
    return {
        "id": made["id"],
        "appId": made["app"]["id"],
        "hostname": made["hostname"],
        "cname": made.get("cname"),
        "sniEndpointId": known.get("sniEndpointId"),
    }


async def _endpoint(session: Session, made: Any) -> str | None:
    """Return the endpoint with the domain's certificate; None if Heroku manages it (ACM)."""
    if not made.get("sni_endpoint"):
        return None
    app = await session.api.get(f"/apps/{made['app']['id']}", APP)
    return None if app.get("acm") else str(made["sni_endpoint"]["id"])
