"""The answers that the engine got are those that Heroku gives."""

from __future__ import annotations

import pytest

from tests.e2e.rehearsal import Rehearsal
from tests.localheroku.client import check_recorded

pytestmark = pytest.mark.e2e


def test_every_answer_so_far_is_as_published(rehearsal: Rehearsal, site: str) -> None:
    read = rehearsal.pulumi("refresh", "-s", "local", "--yes")
    assert read.exit_code == 0, read.output

    calls = rehearsal.server.control("GET", "/recorder/calls")

    asked = {call["route"] for call in calls if call["client"] == "dynostack-provider"}
    assert "GET /apps/{app}" in asked
    check_recorded(calls)
