"""The path of a request as it is told: in logs and recordings, on the page and in errors.

Some of what people write there by mistake opens things: a key for its id, an address with a
password.  The token of an invitation is what its path asks for.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from localheroku.api.endpoint import Endpoint, Found
from localheroku.auth.api_keys import Keys
from localheroku.core import redaction

PATH = web.RequestKey("told_path", str)
"""Known of a request from its beginning."""

NAME = "{token}"
"""What stands there in a path opens something."""


class Telling:
    """What of a path is told by a local Heroku that has these endpoints and these keys."""

    def __init__(self, endpoints: Iterable[Endpoint], keys: Keys) -> None:
        self._keys = keys
        self._secret = [endpoint for endpoint in endpoints if NAME in endpoint.segments]

    def path(self, request: web.Request, found: Found | None) -> str:
        """Without what is secret in it, also where another method is meant than the one asked."""
        endpoint = found[0] if found else self._meant(request)
        told = _without_token(request.path, endpoint) if endpoint else request.path
        return self._keys.hidden_in(redaction.hidden_in(told))

    def _meant(self, request: web.Request) -> Endpoint | None:
        given = request.path.strip("/").split("/")
        for endpoint in self._secret:
            if len(endpoint.segments) == len(given) and endpoint.match(given) is not None:
                return endpoint
        return None


def _without_token(path: str, endpoint: Endpoint) -> str:
    if NAME not in endpoint.segments:
        return path
    given = path.strip("/").split("/")
    before = endpoint.segments.index(NAME)
    after = len(given) - endpoint.segments[::-1].index(NAME)
    return "/" + "/".join([*given[:before], redaction.HIDDEN, *given[after:]])
