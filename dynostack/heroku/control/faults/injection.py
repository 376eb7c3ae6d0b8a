"""A call on its way through the faults that strike it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from aiohttp import web

from dynostack.heroku.api.apps.models import App
from dynostack.heroku.control.faults.kinds import KINDS, Struck
from dynostack.heroku.control.faults.models import Asked
from dynostack.heroku.endpoint import Found
from dynostack.heroku.errors import NotFoundError
from dynostack.heroku.platform import Platform
from dynostack.heroku.web.request_log import product

Perform = Callable[[], Awaitable[web.StreamResponse]]


async def meet(
    platform: Platform,
    request: web.Request,
    headers: Mapping[str, str],
    found: Found | None,
    perform: Perform,
) -> web.StreamResponse:
    """Answer a call with the faults that strike it, the first one that was added outermost."""
    names = found[1] if found else {}
    for fault in reversed(platform.faults.striking(_asked(platform, request, found))):
        kind = KINDS[fault.kind]
        perform = partial(kind.strike, fault, Struck(platform, request, headers, perform))
    if missing := platform.faults.miss(names):
        error = _not_found(missing)
        return web.json_response(error.document(), status=error.status, headers=headers)
    return await perform()


def _asked(platform: Platform, request: web.Request, found: Found | None) -> Asked:
    return Asked(
        method=request.method,
        path=request.path,
        route=found[0].name if found else None,
        client=product(request.headers.get("User-Agent")),
        app=_app(platform, found[1].get("app")) if found else (),
    )


def _app(platform: Platform, identity: str | None) -> tuple[str, ...]:
    if identity is None:
        return ()
    app = platform.store.find(App, identity) or platform.store.named(App, name=identity)
    return (app.id, app.name) if app else (identity,)


class UnseenError(NotFoundError):
    message = "Couldn't find that {name}."


def _not_found(name: str) -> NotFoundError:
    """The resource's own error, or one like it."""
    for error in NotFoundError.__subclasses__():
        if error.resource == name and "{" not in error.message:
            return error()
    return UnseenError(name=name)
