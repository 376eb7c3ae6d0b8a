"""docs/local-heroku.md says what is so, and nothing is called done that no test calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.api import endpoints
from tests.ledger import page, published, recording

PAGE = Path(__file__).parents[2] / page.PAGE
ROUTES = [endpoint.name for endpoint in endpoints()]


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page.page(), "run `make docs`"


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_done_is_called_by_a_test(route: str) -> None:
    assert recording.recorded().get(route), (
        "no test calls it: write one, then run `DYNOSTACK_RENEW_LEDGER=1 make test` and `make docs`"
    )


def test_nothing_is_recorded_that_is_gone() -> None:
    assert set(recording.recorded()) == {*ROUTES, *recording.GIT}
    assert set(ROUTES) >= recording.REFUSED


def test_what_is_not_published_is_listed_apart() -> None:
    shapes = {published.shape(link.route) for link in published.links()}
    assert not {published.shape(row.route) for row in published.beyond(endpoints())} & shapes


def test_only_calls_that_were_answered_count(tmp_path: Path) -> None:
    line = '{"client": "%s", "route": "GET /apps", "status": %d}\n'
    (tmp_path / "requests.jsonl").write_text(
        line % ("heroku-cli", 200) + line % ("git", 404) + line % ("git", 0) + line % ("curl", 200)
    )
    assert recording.seen(tmp_path) == {"GET /apps": ["Heroku CLI"]}


def test_a_call_that_is_no_longer_made_is_told(tmp_path: Path) -> None:
    assert recording.lost({}) == [
        f"{route} by {client}"
        for route, clients in recording.recorded().items()
        for client in clients
    ]
    assert recording.lost(recording.recorded()) == []
