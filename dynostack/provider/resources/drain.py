"""A log drain.

https://devcenter.heroku.com/articles/log-drains
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider.answers import DRAIN
from dynostack.provider.check import Failure
from dynostack.provider.errors import HerokuError, ProviderError
from dynostack.provider.fields import Field, told
from dynostack.provider.resources.base import (
    APP_ID,
    Resource,
    app_uuid,
    child,
    found,
    import_parts,
    listed,
    made_once,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Properties

_BOTH = ("url", "sensitiveUrl")
# A new app has no log channel for a moment.
_NOT_YET = "hasn't yet been assigned a log channel"
_CHANNEL_SECONDS = 2 * 60


class Drain(Resource):
    """An address to which Heroku sends an app's logs."""

    type = "heroku:drain/drain:Drain"
    schema_version = 1
    fields: ClassVar[Fields] = {
        "appId": APP_ID,
        "url": Field(replaces=True, conflicts="sensitiveUrl"),
        "sensitiveUrl": Field(replaces=True, secret=True, conflicts="url"),
        "token": told(),
    }

    def wrong(self, inputs: Properties) -> Iterator[Failure]:
        if not any(name in inputs for name in _BOTH):
            yield Failure("url", "is missing; write url, or sensitiveUrl if it has a password")

    async def create(self, session: Session, inputs: Properties) -> Properties:
        url = inputs.get("sensitiveUrl") or inputs["url"]
        session.discretion.remember([url])
        path = f"/apps/{inputs['appId']}/log-drains"

        async def ask() -> Any:
            try:
                return await made_once(
                    session,
                    path,
                    {"url": url},
                    DRAIN,
                    find=lambda: listed(session, path, DRAIN, url=url),
                    look=f"heroku drains --app {inputs['appId']}",
                )
            except HerokuError as error:
                if _NOT_YET in error.message:
                    return None
                raise

        made = await session.until(ask, bool, within=_CHANNEL_SECONDS, what="the app's log channel")
        return self._state(made, inputs)

    async def read(self, session: Session, state: Properties) -> Properties | None:
        made = await child(session, f"/apps/{state['appId']}/log-drains", DRAIN, id=state["id"])
        return made and self._state(made, state)

    async def delete(self, session: Session, state: Properties) -> None:
        await session.api.delete(f"/apps/{state['appId']}/log-drains/{state['id']}")

    async def find(self, session: Session, import_id: str) -> Properties | None:
        app, drain = import_parts(import_id, "app:drain")
        drain, _, kind = drain.partition(":")
        if kind not in ("", "sensitive"):
            raise ProviderError(
                f'"{import_id}" is not a valid import id; write app:drain or app:drain:sensitive'
            )
        made = await found(session, f"/apps/{app}/log-drains/{drain}", DRAIN)
        property_ = "sensitiveUrl" if kind else "url"
        known = {"appId": await app_uuid(session, app), property_: "to be read"}
        return made and self._state(made, known)

    def _state(self, made: Any, known: Properties) -> Properties:
        urls = {name: made["url"] if known.get(name) else None for name in _BOTH}
        return {"id": made["id"], "appId": known["appId"], "token": made["token"], **urls}
