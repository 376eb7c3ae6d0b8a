"""One row of the table of endpoints, and the search for the row that a request means."""

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
    """What an endpoint is told of a request."""

    platform: Platform
    path: Mapping[str, str]
    body: Mapping[str, Any]
    query: Mapping[str, str] = field(default_factory=dict)
    inclusions: frozenset[str] = frozenset()
    """What `Accept-Inclusion` asks for beyond the usual answer, such as `config_vars`."""
    expansions: frozenset[str] = frozenset()
    """What `Accept-Expansion` asks for in whole instead of in brief, such as `plan`."""
    headers: dict[str, str] = field(default_factory=dict)
    """Of the answer."""


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Endpoint:
    """`route` is a method and a path with names in braces.

    `takes` are the fields of its body, None where any name is a field.  `order_by` makes it a list
    and tells what it can be ordered by; the first is the order without a `Range`.  `needs` is what
    the caller must be allowed to.
    """

    route: str
    handler: Handler
    status: int = 200
    takes: body_schema.Fields | None = field(default_factory=dict)
    order_by: Sequence[str] = ()
    needs: Right = field(kw_only=True)

    @cached_property
    def name(self) -> str:
        """The route with one space in it, such as `GET /apps/{app}`."""
        return " ".join(self.route.split())

    @cached_property
    def method(self) -> str:
        return self.name.partition(" ")[0]

    @cached_property
    def segments(self) -> list[str]:
        return self.name.partition(" ")[2].strip("/").split("/")

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """Those that it accepts."""
        return scopes.accepted(self.name, self.needs)

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """The values of the names in braces, or None when the path is another."""
        found: dict[str, str] = {}
        for expected, segment in zip(self.segments, segments, strict=True):
            if expected.startswith("{"):
                found[expected[1:-1]] = unquote(segment)
            elif expected != segment:
                return None
        return found


Found = tuple[Endpoint, dict[str, str]]
"""The endpoint that a request means, and the values of the names in its path."""


class Routes:
    """All endpoints; a literal part of a path goes before a name in braces."""

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
