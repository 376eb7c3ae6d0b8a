"""Finds the resources that a call names in its path, or refers to in its body."""

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
from localheroku.auth.authorization import APP_LOOKUPS
from localheroku.core.errors import ApiError, NotFoundError
from localheroku.git import transport
from localheroku.http import bodies
from localheroku.platform import Platform
from localheroku.server import streams

Name = tuple[str, str]
"""The kind of a resource, in the word that paths use, and its id or one of its names."""

BODY_WORDS = {"addon_attachment": "attachment", "sni_endpoint": "endpoint"}
"""The words for kinds of resources that bodies use instead."""
REFERENCE_FIELDS = ("source", "targets")
"""The fields of a body whose objects contain references."""


async def names(platform: Platform, request: web.Request, found: Found | None) -> list[Name]:
    """Return the names in the call, starting with the resource that it belongs to."""
    if found is None:
        return [
            *transport.named_app(request).items(),
            *streams.named_app(platform, request).items(),
        ]
    endpoint, path = found
    if endpoint.takes is None:
        return list(path.items())
    try:
        body = await bodies.read(request)
    except ApiError:
        body = {}
    return [*path.items(), *_references(body)]


def app_identities(platform: Platform, names: Sequence[Name]) -> set[str]:
    """Return the ids and names of a call's apps; for an unknown app, the name in the call."""
    found = {identity for kind, identity in names if kind == "app"}
    of_app = bool(found)
    for thing, identity in names:
        # One app's name for an attachment may be another attachment's name in another app.
        if thing in APP_LOOKUPS and not (of_app and thing == "attachment"):
            with suppress(NotFoundError):
                find, _ = APP_LOOKUPS[thing]
                found |= {app.id for app in find(platform, identity, rights.VIEW)}
    for identity in list(found):
        with suppress(NotFoundError):
            app = apps.find(platform, identity)
            found |= {app.id, app.name}
    return found


def created_kind(endpoint: Endpoint) -> str | None:
    """Return the kind of resource that the endpoint creates, in the word that paths use."""
    return _kind_by_path().get(tuple(endpoint.segments))


@cache
def _kind_by_path() -> dict[tuple[str, ...], str]:
    """Return the kind of the members of each collection, by the collection's path."""
    return {
        tuple(place): last[1:-1]
        for *place, last in (endpoint.segments for endpoint in api.endpoints())
        if last.startswith("{")
    }


def _references(body: Mapping[str, Any]) -> Iterator[Name]:
    for field, value in body.items():
        if field in REFERENCE_FIELDS:
            for item in value if isinstance(value, list) else [value]:
                yield from _references(item if isinstance(item, dict) else {})
            continue
        values = value.values() if isinstance(value, dict) else [value]
        kind = BODY_WORDS.get(field, field)
        yield from ((kind, one) for one in values if isinstance(one, str))
