"""The path of a request without secrets, for logs, recordings, the dashboard and errors.

Users put secrets into paths by mistake: a key instead of its id, an address with a password. The
path of an invitation contains its token.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from localheroku.api.endpoint import Endpoint, Found
from localheroku.auth.api_keys import ApiKeys
from localheroku.core import redaction

PATH = web.RequestKey("redacted_path", str)
"""The redacted path; set before the request is handled."""

HIDDEN_SEGMENT = "{token}"
"""The segment of an endpoint's path where a request has a secret."""


class PathRedactor:
    """Redacts paths for a local Heroku that has these endpoints and these keys."""

    def __init__(self, endpoints: Iterable[Endpoint], keys: ApiKeys) -> None:
        self._keys = keys
        self._secret = [endpoint for endpoint in endpoints if HIDDEN_SEGMENT in endpoint.segments]

    def redact(self, request: web.Request, found: Found | None) -> str:
        """Return the path without secrets, even if the endpoint has no such method."""
        endpoint = found[0] if found else self._matching_endpoint(request)
        path = _without_token(request.path, endpoint) if endpoint else request.path
        return self._keys.redact(redaction.redact_path(path))

    def _matching_endpoint(self, request: web.Request) -> Endpoint | None:
        segments = request.path.strip("/").split("/")
        for endpoint in self._secret:
            if len(endpoint.segments) == len(segments) and endpoint.match(segments) is not None:
                return endpoint
        return None


def _without_token(path: str, endpoint: Endpoint) -> str:
    if HIDDEN_SEGMENT not in endpoint.segments:
        return path
    segments = path.strip("/").split("/")
    before = endpoint.segments.index(HIDDEN_SEGMENT)
    after = len(segments) - endpoint.segments[::-1].index(HIDDEN_SEGMENT)
    return "/" + "/".join([*segments[:before], redaction.HIDDEN, *segments[after:]])
