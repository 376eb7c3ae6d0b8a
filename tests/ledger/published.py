"""The endpoints that Heroku publishes, and the ones of them that the local Heroku serves.

`published.json` lists the links of the JSON schema of the Platform API, version 3:
https://devcenter.heroku.com/articles/json-schema-for-platform-api
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from localheroku.api.endpoint import Endpoint

FILE = Path(__file__).with_name("published.json")
NAME_IN_BRACES = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Link:
    """A published use of an endpoint; `takes` names the fields of its body."""

    resource: str
    title: str
    route: str
    takes: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A published link and the endpoint of the local Heroku that serves it, if any."""

    link: Link
    endpoint: Endpoint | None

    @property
    def refused_fields(self) -> list[str]:
        """The fields that Heroku accepts and the local Heroku refuses with status 422."""
        if self.endpoint is None or self.endpoint.takes is None:
            return []
        return sorted(set(self.link.takes) - set(self.endpoint.takes))


def links() -> list[Link]:
    return [
        Link(each["resource"], each["title"], each["route"], tuple(each["takes"]))
        for each in json.loads(FILE.read_text(encoding="utf-8"))
    ]


def shape(route: str) -> str:
    """Return the route without the names in its braces: `GET /apps/{}` for `GET /apps/{app}`.

    Heroku publishes `~`, the account of the API key, in addition to the routes for any user.
    """
    method, path = route.split()
    return f"{method} {NAME_IN_BRACES.sub('{}', path).replace('~', '{}')}"


def entries(endpoints: Iterable[Endpoint]) -> list[Entry]:
    """Return every published link with the endpoint that serves it."""
    served = {shape(endpoint.route): endpoint for endpoint in endpoints}
    return [Entry(link, served.get(shape(link.route))) for link in links()]


def beyond(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Return the endpoints that Heroku's clients call but its schema does not list."""
    known = {shape(link.route) for link in links()}
    return [endpoint for endpoint in endpoints if shape(endpoint.route) not in known]
