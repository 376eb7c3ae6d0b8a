"""A local Heroku from its start to its end, and what it has after the next start."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession

from localheroku.app import LocalHeroku, StartError
from localheroku.core import state
from localheroku.core.state import Settings
from localheroku.workflows import addon_supervisor, deployment
from tests.localheroku.client import Api
from tests.localheroku.dynos.slugs import until
from tests.localheroku.fake_backends import FakeBackends


@asynccontextmanager
async def running(settings: Settings, backends: FakeBackends | None = None) -> AsyncIterator[Api]:
    backends = backends or FakeBackends.of(settings.data)
    async with LocalHeroku(settings, backends.create) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        yield Api(settings.url, key, session, heroku, backends)
        await heroku.platform.readiness.addons.wait()


async def test_everything_is_known_after_a_restart(settings: Settings) -> None:
    paths = [
        "/account",
        "/teams",
        "/apps",
        "/apps/shop/config-vars",
        "/apps/shop/addons",
        "/apps/shop/formation",
        "/apps/shop/releases",
        "/apps/shop/builds",
        "/apps/shop/collaborators",
        "/apps/shop/domains",
        "/apps/shop/log-drains",
    ]
    async with running(settings) as api:
        await api.app()
        await api.addon("heroku-postgresql:essential-0", config={"version": "16"})
        await api.build("web: serve")
        await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})
        await api.post("/apps/shop/log-drains", {"url": "https://logs.example/in"})
        before = [await api.get(path) for path in paths]
        key = api.key

    async with running(settings) as api:
        assert [await api.get(path) for path in paths] == before
        assert api.key == key


async def test_add_ons_and_dynos_run_again_after_a_restart(settings: Settings) -> None:
    async with running(settings) as api:
        app = await api.app()
        addon = await api.addon("heroku-postgresql:essential-0", config={"version": "16"})
        await api.build("web: serve")

    async with running(settings) as api:
        await api.heroku.platform.readiness.dynos.wait()
        (request,) = api.backends.postgres.started
        runtime = api.backends.dynos.running[app["id"]]

    assert (request.addon_id, request.version) == (addon["id"], "16")
    assert runtime.formation["web"].command == "serve"
    assert list(runtime.env) == ["DATABASE_URL"]


async def test_a_site_waits_for_its_dynos_after_a_restart(settings: Settings) -> None:
    async with running(settings) as api:
        app = await api.app()
        await api.build("web: serve")

    backends = FakeBackends.of(settings.data)
    backends.dynos.start_gate.clear()
    async with running(settings, backends) as api:
        visit = asyncio.create_task(api.session.get(api.url, headers={"Host": "shop.localhost"}))
        await api.get("/account")
        assert not visit.done()
        backends.dynos.start_gate.set()
        async with await visit as response:
            assert await response.text() == app["id"]


async def test_interrupted_work_has_failed_after_a_restart(settings: Settings) -> None:
    backends = FakeBackends.of(settings.data)
    backends.builder.gate.clear()
    async with running(settings, backends) as api:
        await api.app()
        url = await api.upload("web: serve")
        build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})

    async with running(settings) as api:
        found = await api.get(f"/apps/shop/builds/{build['id']}")
        assert found["status"] == "failed"
        assert "interrupted" in await api.text(found["output_stream_url"])


async def test_a_service_that_does_not_start_does_not_affect_others(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(settings) as api:
        await api.app()
        await api.addon("heroku-postgresql:essential-0")
        cache = await api.addon("memcachier:dev")

    backends = FakeBackends.of(settings.data)
    backends.postgres.broken = True
    async with running(settings, backends) as api:
        await api.heroku.platform.readiness.addons.wait()
        assert [request.addon_id for request in backends.memcachier.started] == [cache["id"]]

    assert "cannot start heroku-postgresql: the disk is full" in caplog.text


async def test_servers_that_end_by_themselves_restart_despite_failures(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addon_supervisor, "PAUSE_SECONDS", 0.01)
    async with running(settings) as api:
        await api.app()
        cache = await api.addon("memcachier:dev")
        service = api.backends.memcachier
        service.broken = True
        await asyncio.sleep(0.05)
        service.started = []
        service.broken = False
        await until(lambda: service.started != [])
        assert [request.addon_id for request in service.started] == [cache["id"]]


async def test_the_error_of_a_damaged_store_says_how_to_recover(settings: Settings) -> None:
    settings.data.mkdir(parents=True)
    (settings.data / "heroku.sqlite3").write_bytes(b"damaged" * 1000)
    with pytest.raises(StartError, match=r"cannot use .*heroku\.sqlite3: .*dynostack local reset"):
        async with running(settings):
            pass


async def test_backends_are_closed_at_the_end(settings: Settings) -> None:
    async with running(settings) as api:
        backends = api.backends

    assert (backends.dynos.closed, backends.postgres.closed) == (True, True)


async def test_nothing_starts_after_the_end(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(settings) as api:
        await api.app()
        await api.build("web: serve")
        await api.patch("/apps/shop/config-vars", {"A": "1"})
        applied = len(api.backends.dynos.applied)

    await asyncio.sleep(deployment.QUIET_SECONDS + 0.1)

    assert len(api.backends.dynos.applied) == applied
    assert caplog.records == []


async def test_work_that_misses_its_cancellation_is_canceled_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "CANCEL_SECONDS", 0.1)
    cancellations = 0

    async def deaf() -> None:
        nonlocal cancellations
        while cancellations < 2:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancellations += 1

    async with asyncio.timeout(60), running(settings) as api:
        api.heroku.platform.spawn(deaf())
        await asyncio.sleep(0)
    assert cancellations == 2


async def test_another_account_and_team_are_added_to_existing_ones(settings: Settings) -> None:
    async with running(settings) as api:
        await api.app()

    other = replace(settings, account="new@acme.example", team="second")
    async with running(other) as api:
        assert (await api.get("/account"))["email"] == "new@acme.example"
        assert [team["name"] for team in await api.get("/teams")] == ["second"]
        assert await api.get("/apps") == []
        assert (await api.refusal("GET", "/apps/shop"))[0] == 403


async def test_an_empty_key_is_replaced(settings: Settings) -> None:
    settings.data.mkdir(parents=True)
    (settings.data / "api-key").write_text("\n")
    async with running(settings) as api:
        assert len(api.key) == 36
        answer = await api.call("GET", "/account", headers={"Authorization": "Basic Og=="})

    assert (answer.status, answer.body["id"]) == (401, "unauthorized")


async def test_a_folder_is_used_by_one_at_a_time(settings: Settings) -> None:
    async with running(settings) as api:
        second = FakeBackends.of(settings.data)
        with pytest.raises(StartError, match="another local Heroku uses"):
            await LocalHeroku(replace(settings, port=1), second.create).__aenter__()
        assert (await api.get("/account"))["email"] == "ops@acme.example"


async def process(settings: Settings) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "localheroku"),
        *("--data", str(settings.data), "--port", str(settings.port)),
        *("--account", settings.account, "--team", settings.team),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_port_in_use_is_reported_in_one_sentence(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", settings.port)):
        server = await process(settings)
        out, err = await server.communicate()

    assert (server.returncode, out) == (1, b"")
    assert err.decode() == (
        f"cannot listen on port {settings.port} of 127.0.0.1: another program uses it; stop that "
        "program, or choose another port for the local Heroku\n"
    )
    assert not (settings.data / "api-key").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_server_reports_its_address_and_stops_on_a_signal(
    settings: Settings, number: signal.Signals
) -> None:
    server = await process(settings)
    assert server.stdout
    line = await server.stdout.readline()
    assert line.decode() == f"The local Heroku listens on {settings.url}\n"
    async with ClientSession() as session, session.get(f"{settings.url}/account") as response:
        assert response.status == 401

    server.send_signal(number)
    _, err = await server.communicate()

    assert (server.returncode, err) == (0, b"")


async def refused(data: Path, port: str) -> tuple[int, str]:
    """Return the exit status of a program that cannot start, and the last line of its output."""
    words = ["--data", str(data), "--port", port, "--account", "a@acme.example", "--team", "acme"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "localheroku", *words), stdout=PIPE, stderr=STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode
    assert b"Traceback" not in output
    return process.returncode, output.decode().splitlines()[-1]


@pytest.mark.parametrize("port", ["99999", "0", "-1", "web"])
async def test_an_invalid_port_is_an_error(tmp_path: Path, port: str) -> None:
    status, message = await refused(tmp_path / "heroku", port)
    assert status == 2
    assert message.endswith(
        f"argument --port: invalid port {port}: choose a number from 1 to 65535"
    )


async def test_a_file_as_folder_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.touch()
    for data in (file, file / "heroku"):
        assert await refused(data, "5050") == (
            1,
            f"cannot use {data}: it is a file or inside one; choose a folder",
        )


@pytest.mark.skipif(sys.platform != "linux", reason="/proc takes no folders")
async def test_a_folder_that_cannot_be_created_is_an_error() -> None:
    assert await refused(Path("/proc/heroku"), "5050") == (
        1,
        "cannot write to /proc/heroku: No such file or directory; choose another folder",
    )
