"""The clock of the local Heroku."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient, running


async def test_it_follows_the_machine_at_first(local: ControlClient) -> None:
    clock = await local.get("/clock")
    assert clock["ahead_seconds"] == 0
    apart = datetime.now(UTC) - datetime.fromisoformat(clock["time"])
    assert abs(apart.total_seconds()) < 60


async def test_new_records_have_the_time_that_was_set(api: Api, local: ControlClient) -> None:
    await local.patch("/clock", {"time": "2031-05-01T12:00:00Z"})
    app = await api.app()
    assert app["created_at"].startswith("2031-05-01T12:0")
    await local.patch("/clock", {"advance": 86400})
    changed = await api.patch("/apps/shop", {"maintenance": True})
    assert changed["updated_at"].startswith("2031-05-02T12:0")


async def test_dynos_have_the_time_that_was_set(api: Api, local: ControlClient) -> None:
    await local.patch("/clock", {"time": "2031-05-01T12:00:00Z"})
    await api.app()
    await api.build("web: serve")
    ahead = (await local.get("/clock"))["ahead_seconds"]
    created_at = datetime.fromisoformat((await api.get("/apps/shop/dynos"))[0]["created_at"])
    noted = datetime(2026, 1, 1, tzinfo=UTC)
    assert abs((created_at - noted).total_seconds() - ahead) < 2


async def test_it_survives_a_restart_and_can_be_set_back(settings: Settings) -> None:
    async with running(settings) as local:
        await local.patch("/clock", {"advance": -86400})

    async with running(settings) as local:
        assert (await local.get("/clock"))["ahead_seconds"] == pytest.approx(-86400, abs=1)
        assert abs((await local.patch("/clock", {"time": None}))["ahead_seconds"]) < 0.01


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "either time or advance"),
        ({"time": None, "advance": 1}, "either time or advance"),
        ({"time": "tomorrow"}, "2026-11-22T14:48:19Z"),
        ({"advance": 1e15}, "choose a year from 1970 to 9000"),
        ({"time": "1931-05-01T12:00:00Z"}, "choose a year from 1970 to 9000"),
        ({"advance": "1"}, "a number of seconds"),
    ],
)
async def test_the_error_of_an_invalid_time_says_why(
    local: ControlClient, body: object, message: str
) -> None:
    status, actual = await local.refusal("PATCH", "/clock", body)
    assert (status, message in actual) == (422, True), actual
