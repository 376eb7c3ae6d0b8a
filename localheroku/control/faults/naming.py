"""What a call names: in its path, and by reference in its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from aiohttp import web

from localheroku import api
from localheroku.api.apps import models as apps
from localheroku.api.endpoint import Endpoint, Found
from localheroku.auth import rights
from localheroku.auth.authorization import INSIDE
from localheroku.core.errors import ApiError, NotFoundError
from localheroku.git import transport
from localheroku.http import bodies
from localheroku.platform import Platform
from localheroku.server import streams

Name = tuple[str, str]
"""What a thing is, in the word that paths have for it, and its id or a name of it."""

OTHER_WORDS = {"addon_attachment": "attachment", "sni_endpoint": "endpoint"}
"""What bodies say for it."""
HOLDERS = ("source", "targets")
"""The fields whose objects hold references."""


async def names(platform: Platform, request: web.Request, found: Found | None) -> list[Name]:
    """Those in the call, what it belongs to first."""
    if found is None:
        return [*transport.named(request).items(), *streams.named(platform, request).items()]
    endpoint, path = found
    if endpoint.takes is None:
        return list(path.items())
    try:
        body = await bodies.read(request)
    except ApiError:
        body = {}
    return [*path.items(), *_referred(body)]


def concerned(platform: Platform, named: Sequence[Name]) -> set[str]:
    """The ids and names of the apps that a call is about; of one that there is not what it says."""
    found = {identity for thing, identity in named if thing == "app"}
    of_app = bool(found)
    for thing, identity in named:
        # What an app calls an attachment others call theirs, too.
        if thing in INSIDE and not (of_app and thing == "attachment"):
            with suppress(NotFoundError):
                find, _ = INSIDE[thing]
                found |= {app.id for app in find(platform, identity, rights.VIEW)}
    for identity in list(found):
        with suppress(NotFoundError):
            app = apps.find(platform, identity)
            found |= {app.id, app.name}
    return found


def made_by(endpoint: Endpoint) -> str | None:
    """What it makes, in the word that the path of such a thing has."""
    return _kept_at().get(tuple(endpoint.segments))


@cache
def _kept_at() -> dict[tuple[str, ...], str]:
    """What there is one of below a path."""
    return {
        tuple(place): last[1:-1]
        for *place, last in (endpoint.segments for endpoint in api.endpoints())
        if last.startswith("{")
    }


def _referred(body: Mapping[str, Any]) -> Iterator[Name]:
    for field, value in body.items():
        if field in HOLDERS:
            for holder in value if isinstance(value, list) else [value]:
                yield from _referred(holder if isinstance(holder, dict) else {})
            continue
        given = value.values() if isinstance(value, dict) else [value]
        thing = OTHER_WORDS.get(field, field)
        yield from ((thing, one) for one in given if isinstance(one, str))
