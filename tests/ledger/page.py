"""docs/local-heroku.md, made of the endpoints, the published schema and the recorded calls."""

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

What it has of [Heroku's Platform API](https://devcenter.heroku.com/articles/platform-api-reference),
which client calls it in the tests, and where it knowingly differs. This page is made by `make docs`
from the rows in `localheroku/api/**/routes.py`, Heroku's published schema and the calls that
the tests made.

An endpoint that is not done answers 404 with its name, a field that is not taken 422 with its name.
Every answer is checked against the published schema in the tests.
"""
TABLE = "| Endpoint | | Called in the tests by |\n|---|---|---|"


def page() -> str:
    """The whole page."""
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
        f"Of {len(published)} published endpoints **{states.count('done')}** are done, and "
        f"{states.count('refuses')} refuse in Heroku's words because what they are about is not "
        "here.\n"
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
        "What the Heroku CLI asks for there cannot be answered here, and no setting keeps it here. "
        "All its other commands stay on this machine, but for a page that one opens in a browser.\n"
    )
    yield "| Host | `heroku` |\n|---|---|"
    for each in known()["elsewhere"]:
        yield f"| `{each['host']}` | {', '.join(f'`{name}`' for name in each['commands'])} |"
    yield "| the registry of npm packages | `plugins:install`, `plugins:update` |"
    yield "| that of container images, by `docker` | `container` with all below it |\n"


def known() -> dict[str, list[dict[str, Any]]]:
    """The differences, and the commands that ask elsewhere."""
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
    yield f"What Heroku's own clients call though its schema does not list it.\n\n{TABLE}"
    for row in sorted(rows, key=lambda row: row.segments):
        yield f"| `{row.name}` | {_state(row)} | {_clients(row.name)} |"
    for route in recording.GIT:
        yield f"| `{route}` | done | {_clients(route)} |"
    yield ""


def _clients(route: str) -> str:
    return ", ".join(recording.recorded().get(route, []))


def main() -> None:
    """Write the page into the project that this is run in."""
    Path(PAGE).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
