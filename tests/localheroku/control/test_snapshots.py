"""Snapshots of the whole state, and how to restore them."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from localheroku.control.snapshots import files
from localheroku.core.state import Settings
from localheroku.http import runner
from localheroku.server import gate
from localheroku.startup_errors import StartError
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient, running

PATHS = ["/apps", "/apps/shop/releases", "/apps/shop/config-vars", "/apps/shop/builds"]


async def seen(api: Api) -> list[Any]:
    return [await api.get(path) for path in PATHS]


async def shop(api: Api) -> Any:
    app = await api.app()
    await api.patch("/apps/shop/config-vars", {"COLOR": "red"})
    await api.build("web: serve")
    return app


async def test_a_restore_brings_everything_back(api: Api, local: ControlClient) -> None:
    app = await shop(api)
    before = await seen(api)
    made = await local.post("/snapshots", {"name": "red"})
    assert (made["name"], made["apps"]) == ("red", ["shop"])
    assert await seen(api) == before

    await api.delete("/apps/shop")
    await api.app("other")
    assert await local.post("/snapshots/red/actions/restore") == made

    assert await seen(api) == before
    assert api.backends.dynos.running[app["id"]].formation["web"].command == "serve"


async def test_faults_and_the_clock_are_part_of_it(api: Api, local: ControlClient) -> None:
    await local.patch("/clock", {"time": "2031-05-01T12:00:00Z"})
    await local.post("/snapshots", {"name": "clean"})
    await local.patch("/clock", {"time": None})
    await local.fault("error")

    await local.post("/snapshots/clean/actions/restore")

    assert await local.get("/faults") == []
    assert (await local.get("/clock"))["time"].startswith("2031-05-01T12:0")
    await api.get("/apps")


async def test_a_reset_leaves_the_snapshots_and_the_key(api: Api, local: ControlClient) -> None:
    await shop(api)
    before = await seen(api)
    await local.post("/snapshots", {"name": "red"})

    await local.post("/actions/reset")

    assert await api.get("/apps") == []
    assert [snapshot["name"] for snapshot in await local.get("/snapshots")] == ["red"]
    await local.post("/snapshots/red/actions/restore")
    assert await seen(api) == before


async def test_a_snapshot_is_replaced_and_removed(api: Api, local: ControlClient) -> None:
    await local.post("/snapshots", {"name": "one"})
    await api.app()
    await local.post("/snapshots", {"name": "one"})
    assert [snapshot["apps"] for snapshot in await local.get("/snapshots")] == [["shop"]]

    await local.delete("/snapshots/one")

    assert await local.get("/snapshots") == []
    status, message = await local.refusal("POST", "/snapshots/one/actions/restore")
    assert (status, message) == (404, "Couldn't find that snapshot. Existing snapshots: none.")


@pytest.mark.parametrize("name", ["", "../one", ".one", "a/b", "a" * 65])
async def test_a_path_is_not_a_valid_name(local: ControlClient, name: str) -> None:
    status, message = await local.refusal("POST", "/snapshots", {"name": name})
    assert (status, message.startswith("Name must start with")) == (422, True)


async def test_calls_wait_meanwhile(api: Api, local: ControlClient) -> None:
    await shop(api)

    snapshot = asyncio.create_task(local.post("/snapshots", {"name": "red"}))
    answers = await asyncio.gather(*(api.get("/apps") for _ in range(20)))

    await snapshot
    assert {answer[0]["name"] for answer in answers} == {"shop"}


async def test_a_client_that_keeps_reading_is_disconnected(
    api: Api, local: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "DRAIN_SECONDS", 0.1)
    await shop(api)
    session = await api.post("/apps/shop/log-sessions", {"tail": True})
    async with api.session.get(session["logplex_url"]) as log:
        await log.content.readline()
        await local.post("/snapshots", {"name": "red"})
    assert [snapshot["name"] for snapshot in await local.get("/snapshots")] == ["red"]


async def test_a_restore_that_was_cut_off_is_finished_by_the_next_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(settings) as local:
        await shop(local.api)
        before = await seen(local.api)
        await local.post("/snapshots", {"name": "red"})
        await local.api.delete("/apps/shop")

    def killed(source: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files, "_copy", killed)
        with pytest.raises(KeyboardInterrupt):
            files.restore(settings.data, "red")

    async with running(settings) as local:
        assert await seen(local.api) == before


async def test_stopping_waits_for_requested_snapshots(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving, save = threading.Event(), files.save

    def slowly(data: Path, name: str, about: dict[str, Any]) -> None:
        saving.set()
        time.sleep(runner.SHUTDOWN_SECONDS + 0.5)
        save(data, name, about)

    monkeypatch.setattr(runner, "SHUTDOWN_SECONDS", 0.2)
    monkeypatch.setattr(files, "save", slowly)
    before = asyncio.all_tasks()
    async with running(settings) as local:
        requests = [
            asyncio.create_task(local.call("POST", "/snapshots", {"name": name}))
            for name in ("one", "two")
        ]
        await asyncio.to_thread(saving.wait)
        heroku = local.api.heroku
        await heroku.__aexit__()
        assert asyncio.all_tasks() - before <= set(requests)
        await asyncio.gather(*requests, return_exceptions=True)
    assert files.names(settings.data) in (["one"], ["two"])


async def test_a_failed_restart_is_reported_and_blocks_no_caller(
    api: Api, local: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise StartError("the disk is gone")

    message = "The local Heroku could not start again: the disk is gone."
    with monkeypatch.context() as patch:
        patch.setattr("localheroku.app.run_instance", broken)
        async with asyncio.timeout(60):
            assert await local.refusal("POST", "/snapshots", {"name": "red"}) == (503, message)
            assert await api.refusal("GET", "/apps") == (503, "service_unavailable", message)
    assert await api.get("/apps") == []
