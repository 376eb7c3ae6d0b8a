"""The generated pages are up to date, and a test calls every endpoint that they call done."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.api import endpoints
from tests.ledger import page, published, recording

PROJECT = Path(__file__).parents[2]
ROUTES = [endpoint.name for endpoint in endpoints()]


@pytest.mark.parametrize("file", page.PAGES)
def test_a_page_is_up_to_date(file: str) -> None:
    assert (PROJECT / file).read_text(encoding="utf-8") == page.PAGES[file](), "run `make docs`"


@pytest.mark.parametrize("route", ROUTES)
def test_every_endpoint_is_called_by_a_test(route: str) -> None:
    assert recording.recorded().get(route), (
        "no test calls it: write one, then run `DYNOSTACK_RENEW_LEDGER=1 make soak` and `make docs`"
    )


def test_recorded_endpoints_exist() -> None:
    assert set(recording.recorded()) == {*ROUTES, *recording.GIT}
    assert set(ROUTES) >= recording.REFUSED


def test_unpublished_endpoints_are_listed_separately() -> None:
    shapes = {published.shape(link.route) for link in published.links()}
    assert not {published.shape(row.route) for row in published.beyond(endpoints())} & shapes


def test_only_successful_calls_count(tmp_path: Path) -> None:
    line = '{"client": "%s", "route": "GET /apps", "status": %d}\n'
    (tmp_path / "requests.jsonl").write_text(
        line % ("heroku-cli", 200) + line % ("git", 404) + line % ("git", 0) + line % ("curl", 200)
    )
    assert recording.seen(tmp_path) == {"GET /apps": ["Heroku CLI"]}


def test_the_calls_of_two_parts_are_those_of_both() -> None:
    one: recording.Seen = {"GET /apps": ["git"], "GET /account": ["git"]}
    other: recording.Seen = {"GET /apps": ["Heroku CLI", "git"]}
    both = {"GET /account": ["git"], "GET /apps": ["Heroku CLI", "git"]}
    assert recording.merged(one, other) == both


def test_a_missing_call_is_reported(tmp_path: Path) -> None:
    assert recording.lost({}) == [
        f"{route} by {client}"
        for route, clients in recording.recorded().items()
        for client in clients
    ]
    assert recording.lost(recording.recorded()) == []
