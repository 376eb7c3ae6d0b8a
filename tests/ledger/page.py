"""The pages about the local Heroku that `make docs` generates.

docs/local-heroku-api.md comes from the endpoints, the published schema and recorded requests, and
docs/differences.md from differences.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from localheroku.api import endpoints
from localheroku.api.endpoint import Endpoint
from tests.ledger import recording
from tests.ledger.published import Entry, beyond, entries

DIFFERENCES = Path(__file__).with_name("differences.toml")
API_HEAD = """\
# The local Heroku's API

This page lists the endpoints of [Heroku's Platform
API](https://devcenter.heroku.com/articles/platform-api-reference) that the local Heroku serves, and
the clients that call them in the tests. `make docs` generates it from the routes in
`localheroku/api/**/routes.py`, Heroku's published schema and the requests that the tests send.

A request for an endpoint that is not implemented gets status 404, and one with an unsupported field
gets status 422; the error message names the endpoint or the field. The tests check every response
against the published schema.
"""
DIFFERENCES_HEAD = """\
# Differences from Heroku

Everything in which the [local Heroku](local-heroku.md) is known to differ from Heroku. `make docs`
generates this page; [the local Heroku's API](local-heroku-api.md) lists its endpoints.
"""
TABLE = "| Endpoint | | Called in the tests by |\n|---|---|---|"


def api_page() -> str:
    """Return the page about the endpoints."""
    rows = endpoints()
    published = entries(rows)
    parts = (API_HEAD, _summary(published), *_published(published), *_beyond(beyond(rows)))
    return "\n".join(parts)


def differences_page() -> str:
    """Return the page about the differences from Heroku."""
    return "\n".join([DIFFERENCES_HEAD, *_differences(), *_elsewhere()])


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/local-heroku-api.md": api_page,
    "docs/differences.md": differences_page,
}
"""File -> its text."""


def _summary(published: list[Entry]) -> str:
    states = [_state(entry.endpoint) for entry in published if entry.endpoint]
    return (
        f"Of {len(published)} published endpoints, **{states.count('done')}** are done and "
        f"{states.count('refuses')} refuse every request with Heroku's error message, because the "
        "local Heroku does not have what they manage.\n"
    )


def _differences() -> Iterator[str]:
    for each in known()["difference"]:
        yield f"## {each['about']}\n"
        yield f"**Heroku:** {each['heroku']}\n"
        yield f"**Here:** {each['here']}\n"


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
    """Write the pages to the project in the working directory."""
    for file, text in PAGES.items():
        Path(file).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
