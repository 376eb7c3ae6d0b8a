"""Generates docs/local-heroku.md from the endpoints, the published schema and recorded requests."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from localheroku.api import endpoints
from localheroku.api.endpoint import Endpoint
from tests.ledger import recording
from tests.ledger.published import Entry, beyond, entries

PAGE = "docs/local-heroku.md"
DIFFERENCES = Path(__file__).with_name("differences.toml")
HEAD = """\
# The local Heroku

This page lists the endpoints of [Heroku's Platform
API](https://devcenter.heroku.com/articles/platform-api-reference) that the local Heroku serves, the
clients that call them in the tests, and the known differences from Heroku. `make docs` generates it
from the routes in `localheroku/api/**/routes.py`, Heroku's published schema and the requests that
the tests send.

A request for an endpoint that is not implemented gets status 404, and one with an unsupported field
gets status 422; the error message names the endpoint or the field. The tests check every response
against the published schema.
"""
TABLE = "| Endpoint | | Called in the tests by |\n|---|---|---|"


def page() -> str:
    """Return the whole page."""
    rows = endpoints()
    published = entries(rows)
    return "\n".join(
        [
            HEAD,
            _summary(published),
            *_differences(),
            *_elsewhere(),
            *_published(published),
            *_beyond(beyond(rows)),
        ]
    )


def _summary(published: list[Entry]) -> str:
    states = [_state(entry.endpoint) for entry in published if entry.endpoint]
    return (
        f"Of {len(published)} published endpoints, **{states.count('done')}** are done and "
        f"{states.count('refuses')} refuse every request with Heroku's error message, because the "
        "local Heroku does not have what they manage.\n"
    )


def _differences() -> Iterator[str]:
    yield "## Differences from Heroku\n"
    yield "| | Heroku | Here |\n|---|---|---|"
    for each in known()["difference"]:
        yield f"| {each['about']} | {each['heroku']} | {each['here']} |"
    yield ""


def _elsewhere() -> Iterator[str]:
    yield "## Commands that ask other hosts\n"
    yield (
        "These commands of the Heroku CLI send requests to other hosts. The local Heroku cannot "
        "answer these requests, and no setting redirects them. All other commands send requests "
        "only to this machine, except that some open a web page in a browser.\n"
    )
    yield "| Host | `heroku` |\n|---|---|"
    for each in known()["elsewhere"]:
        yield f"| `{each['host']}` | {', '.join(f'`{name}`' for name in each['commands'])} |"
    yield "| the registry of npm packages | `plugins:install`, `plugins:update` |"
    yield "| the registry of container images (`docker`) | `container` and all its subcommands |\n"


def known() -> dict[str, list[dict[str, Any]]]:
    """Return the known differences and the commands that send requests to other hosts."""
    return tomllib.loads(DIFFERENCES.read_text(encoding="utf-8"))


def _published(published: list[Entry]) -> Iterator[str]:
    yield "## The published API\n"
    for resource, group in groupby(published, key=lambda entry: entry.link.resource):
        yield f"### {resource}\n\n{TABLE}"
        yield from (_row(entry) for entry in group)
        yield ""


def _row(entry: Entry) -> str:
    link = entry.link
    title = f"{link.title}: `{link.route}`"
    if entry.endpoint is None:
        return f"| {title} | not done | |"
    refused = ", ".join(f"`{name}`" for name in entry.refused_fields)
    state = _state(entry.endpoint) + (f", without {refused}" if refused else "")
    return f"| {title} | {state} | {_clients(entry.endpoint.name)} |"


def _state(row: Endpoint) -> str:
    return "refuses" if row.name in recording.REFUSED else "done"


def _beyond(rows: list[Endpoint]) -> Iterator[str]:
    yield "## Beyond the published API\n"
    yield f"Endpoints that Heroku's own clients call but its schema does not list.\n\n{TABLE}"
    for row in sorted(rows, key=lambda row: row.segments):
        yield f"| `{row.name}` | {_state(row)} | {_clients(row.name)} |"
    for route in recording.GIT:
        yield f"| `{route}` | done | {_clients(route)} |"
    yield ""


def _clients(route: str) -> str:
    return ", ".join(recording.recorded().get(route, []))


def main() -> None:
    """Write the page to the project in the working directory."""
    Path(PAGE).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
