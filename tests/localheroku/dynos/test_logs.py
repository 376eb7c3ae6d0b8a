"""Logs, and the drains they are sent to."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from localheroku.dynos import logs as module
from localheroku.dynos.drains import QUEUE_LINES, frame, is_loopback
from localheroku.dynos.logs import LogStore
from tests.localheroku.dynos.slugs import until

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"


@pytest.fixture
async def logs(tmp_path: Path) -> AsyncIterator[LogStore]:
    logs = LogStore(tmp_path)
    yield logs
    await logs.close()


def texts(logs: LogStore, app_id: str = "shop") -> list[str]:
    return [line.partition(" ")[2] for line in logs.tail(app_id, 100)]


def complaints(logs: LogStore) -> list[str]:
    return [line for line in texts(logs) if "logplex" in line]


async def test_a_line_looks_like_herokus(logs: LogStore) -> None:
    logs.append("shop", "app", "web.1", "hello there\n")
    (line,) = logs.tail("shop", 10)
    assert re.fullmatch(f"{MOMENT} app\\[web.1\\]: hello there", line)


async def test_each_app_has_its_own_log(logs: LogStore, tmp_path: Path) -> None:
    for number in range(5):
        logs.append("shop", "app", "web.1", str(number))
    logs.append("blog", "app", "web.1", "other")
    assert [line[-1] for line in logs.tail("shop", 2)] == ["3", "4"]
    assert logs.tail("shop", 0) == []
    assert len(LogStore(tmp_path).tail("shop", 100)) == 5
    logs.forget("shop")
    assert logs.tail("shop", 10) == []
    assert len(logs.tail("blog", 10)) == 1


async def test_a_log_is_bounded(
    logs: LogStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FILE_BYTES", 1_000)
    for number in range(100):
        logs.append("shop", "app", "web.1", f"line {number}")
    sizes = [path.stat().st_size for path in (tmp_path / "logs" / "shop").iterdir()]
    assert len(sizes) == 2
    assert sum(sizes) < 2_200
    tail = logs.tail("shop", 15)
    assert [line.rpartition(" ")[2] for line in tail] == [str(n) for n in range(85, 100)]


async def test_a_follower_gets_every_line_from_its_call_on(logs: LogStore) -> None:
    logs.append("shop", "app", "web.1", "before")
    following = logs.follow("shop")
    logs.append("shop", "app", "web.1", "one")
    logs.append("blog", "app", "web.1", "not mine")
    assert (await anext(following)).endswith("one")
    later = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0)
    logs.append("shop", "app", "web.1", "two")
    assert (await later).endswith("two")


class Drain:
    """A drain's server."""

    def __init__(self) -> None:
        self.status = 204
        self.bodies: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self.leads: str | None = None
        self.paths: set[str] = set()

    async def take(self, request: web.BaseRequest) -> web.Response:
        self.bodies.append(await request.text())
        self.paths.add(request.path)
        self.headers.append(dict(request.headers))
        location = {"Location": self.leads} if self.leads else None
        return web.Response(status=self.status, headers=location)

    def has_answered(self, times: int) -> bool:
        return len(self.bodies) >= times


@pytest.fixture
async def drain() -> AsyncIterator[Drain]:
    drain = Drain()
    runner = web.ServerRunner(web.Server(drain.take))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    drain.url = f"http://user:secret@127.0.0.1:{runner.addresses[0][1]}/lines"
    yield drain
    await runner.cleanup()


async def test_a_drain_gets_the_lines_as_logplex_sends_them(logs: LogStore, drain: Drain) -> None:
    logs.append("shop", "app", "web.1", "before")
    logs.set_drains("shop", [drain.url])
    logs.append("shop", "app", "web.1", "grüße")
    logs.append("shop", "heroku", "router", "at=info")
    await until(lambda: "at=info" in "".join(drain.bodies))
    body = "".join(drain.bodies)
    length, _, message = body.partition(" ")
    message = message.encode()[: int(length)].decode()
    assert re.fullmatch(f"<190>1 {MOMENT} host app web.1 - grüße", message)
    assert "before" not in body
    assert drain.headers[0]["Content-Type"] == "application/logplex-1"
    assert drain.headers[0]["Logplex-Msg-Count"] == "2"
    assert drain.headers[0]["Logplex-Drain-Token"].startswith("d.")
    logs.set_drains("shop", [])
    logs.append("shop", "app", "web.1", "after")
    await asyncio.sleep(0.05)
    assert "after" not in "".join(drain.bodies)


async def test_a_failing_drain_is_reported_once(logs: LogStore, drain: Drain) -> None:
    drain.status = 500
    logs.set_drains("shop", [drain.url, "http://127.0.0.1:1/nobody"])
    for number in (1, 2, 3):
        logs.append("shop", "app", "web.1", str(number))
        await until(partial(drain.has_answered, number))
    await until(lambda: len(complaints(logs)) > 1)
    messages = complaints(logs)
    prefix = "heroku[logplex]: Drain http://127.0.0.1 does not accept lines: "
    assert sorted(messages) == [f"{prefix}it answered 500", f"{prefix}no answer"]


async def test_a_drain_elsewhere_is_not_reached_from_here(logs: LogStore) -> None:
    logs.set_drains("shop", ["https://user:secret@logs.example.com/x", "syslog+tls://[::1]:514"])
    logs.append("shop", "app", "web.1", "line")
    elsewhere, strange = complaints(logs)
    assert elsewhere.endswith("https://logs.example.com gets no lines: it is not on this machine")
    assert strange.endswith(
        "syslog+tls://::1 gets no lines: the local Heroku supports only http and https"
    )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_drains_redirects_are_not_followed(
    logs: LogStore, drain: Drain, status: int
) -> None:
    drain.status, drain.leads = status, drain.url.replace("/lines", "/elsewhere")
    logs.set_drains("shop", [drain.url])
    logs.append("shop", "app", "web.1", "line")
    # Log lines about a drain are sent to it, too.
    await until(lambda: len(drain.bodies) > 1)
    assert complaints(logs)[0].endswith(f"does not accept lines: it answered {status}")
    assert drain.paths == {"/lines"}


async def test_a_slow_drain_delays_nothing(logs: LogStore, drain: Drain) -> None:
    logs.set_drains("shop", [drain.url])
    for number in range(2 * QUEUE_LINES):
        logs.append("shop", "app", "web.1", str(number))
    await until(lambda: f" - {2 * QUEUE_LINES - 1}" in "".join(drain.bodies))
    assert " - 0" not in "".join(drain.bodies)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:80/", True),
        ("http://127.9.9.9/", True),
        ("https://[::1]/", True),
        ("http://localhost:5/", True),
        ("http://logs.localhost/", True),
        ("http://localhost.example.com/", False),
        ("http://192.0.2.1/", False),
        ("https://logs.example.com/", False),
    ],
)
def test_loopback_addresses_are_recognized(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_a_frame_counts_octets() -> None:
    assert frame("t", "app", "web.1", "ü") == b"28 <190>1 t host app web.1 - \xc3\xbc"
