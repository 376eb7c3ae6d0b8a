"""The endpoints that Heroku publishes, and which of them the local Heroku has.

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
    """One use of an endpoint; `takes` names the fields of its body."""

    resource: str
    title: str
    route: str
    takes: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A published link beside the row of the local Heroku that serves it, if one does."""

    link: Link
    endpoint: Endpoint | None

    @property
    def refused_fields(self) -> list[str]:
        """Fields that Heroku takes and the local one answers with 422."""
        if self.endpoint is None or self.endpoint.takes is None:
            return []
        return sorted(set(self.link.takes) - set(self.endpoint.takes))


def links() -> list[Link]:
    return [
        Link(each["resource"], each["title"], each["route"], tuple(each["takes"]))
        for each in json.loads(FILE.read_text(encoding="utf-8"))
    ]


def shape(route: str) -> str:
    """The route without the names in its braces: `GET /apps/{app}` is `GET /apps/{}`.

    Heroku publishes `~`, the account of the key, beside the routes that take any user.
    """
    method, path = route.split()
    return f"{method} {NAME_IN_BRACES.sub('{}', path).replace('~', '{}')}"


def entries(endpoints: Iterable[Endpoint]) -> list[Entry]:
    """Every published link, with the row that serves it."""
    served = {shape(endpoint.route): endpoint for endpoint in endpoints}
    return [Entry(link, served.get(shape(link.route))) for link in links()]


def beyond(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """The rows that serve what Heroku's clients call and its schema does not list."""
    known = {shape(link.route) for link in links()}
    return [endpoint for endpoint in endpoints if shape(endpoint.route) not in known]
