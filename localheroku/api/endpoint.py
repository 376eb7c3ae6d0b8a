"""A row of the table of endpoints, and the lookup of the row for a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from localheroku.auth import scopes
from localheroku.auth.rights import Right
from localheroku.core import body_schema
from localheroku.platform import Platform


@dataclass(frozen=True)
class Call:
    """The data of a request that an endpoint receives."""

    platform: Platform
    path: Mapping[str, str]
    body: Mapping[str, Any]
    query: Mapping[str, str] = field(default_factory=dict)
    inclusions: frozenset[str] = frozenset()
    """Additional fields that `Accept-Inclusion` requests, such as `config_vars`."""
    expansions: frozenset[str] = frozenset()
    """Fields that `Accept-Expansion` requests in full instead of in brief, such as `plan`."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of the response."""


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Endpoint:
    """An endpoint of the API, with a method and a path in `route`; the path has names in braces.

    `takes` lists the fields of the request's body; None allows any field. `order_by` makes the
    endpoint a list and names the fields that can order it; the first one is the default without a
    `Range`. `needs` is the right that the caller must have.
    """

    route: str
    handler: Handler
    status: int = 200
    takes: body_schema.Fields | None = field(default_factory=dict)
    order_by: Sequence[str] = ()
    needs: Right = field(kw_only=True)

    @cached_property
    def name(self) -> str:
        """The route with a single space, such as `GET /apps/{app}`."""
        return " ".join(self.route.split())

    @cached_property
    def method(self) -> str:
        return self.name.partition(" ")[0]

    @cached_property
    def segments(self) -> list[str]:
        return self.name.partition(" ")[2].strip("/").split("/")

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """The OAuth scopes that the endpoint accepts."""
        return scopes.accepted(self.name, self.needs)

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the values of the names in braces, or None if the path does not match."""
        found: dict[str, str] = {}
        for expected, segment in zip(self.segments, segments, strict=True):
            if expected.startswith("{"):
                found[expected[1:-1]] = unquote(segment)
            elif expected != segment:
                return None
        return found


Found = tuple[Endpoint, dict[str, str]]
"""The endpoint of a request, and the values of the names in its path."""


class Routes:
    """All endpoints; a literal segment of a path takes precedence over a name in braces."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._endpoints: dict[tuple[str, int], list[Endpoint]] = {}
        for endpoint in endpoints:
            key = (endpoint.method, len(endpoint.segments))
            self._endpoints.setdefault(key, []).append(endpoint)
        for candidates in self._endpoints.values():
            candidates.sort(key=lambda endpoint: [part[0] == "{" for part in endpoint.segments])

    def find(self, method: str, raw_path: str) -> Found | None:
        segments = raw_path.strip("/").split("/")
        for endpoint in self._endpoints.get((method, len(segments)), ()):
            path = endpoint.match(segments)
            if path is not None:
                return endpoint, path
        return None
