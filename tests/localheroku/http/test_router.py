"""The router in front of real dynos."""

from __future__ import annotations

import asyncio
import gzip
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from localheroku.core.backends import AppDirectory
from localheroku.dynos.logs import LogStore
from localheroku.dynos.manager import DynoManager
from localheroku.http import runner
from localheroku.router.router import Router, RouterLimits
from tests.localheroku.dynos.slugs import APP, runtime, slug, until, until_up

HOST = "shop.localhost"
LIMITS = RouterLimits(boot=60, response=60, idle=60)


@dataclass
class RoutedApp:
    """The router on its own port, as the local Heroku has it."""

    address: str
    dynos: DynoManager
    logs: LogStore
    slug: Path
    session: aiohttp.ClientSession
    settings: dict[str, str]

    async def serve(self, program: str) -> None:
        """Let the app's web dyno run a program and wait until it accepts requests."""
        await self.dynos.apply(runtime(self.slug, web=program))
        await until_up(self.dynos)

    async def line(self) -> str:
        """Return the router's log line of the one request; its client may be done before that."""
        await until(lambda: self._lines() != [])
        return self._lines()[0]

    def _lines(self) -> list[str]:
        return [line for line in self.logs.tail(APP, 50) if "heroku[router]" in line]


@pytest.fixture
def limits() -> RouterLimits:
    return LIMITS


@pytest.fixture
async def app(tmp_path: Path, limits: RouterLimits) -> AsyncIterator[RoutedApp]:
    logs = LogStore(tmp_path)
    dynos = DynoManager(tmp_path, logs)
    settings: dict[str, str] = {}
    apps = AppDirectory(
        {HOST: APP}.get,
        lambda _: "maintenance" in settings,
        lambda _, feature: feature in settings,
        lambda _, name: settings.get(name),
        lambda _: ["*.acme.example", "www.acme.example"],
    )
    router = Router(apps, dynos, logs, limits)
    app_runner = await runner.start(router.handle)
    await web.TCPSite(app_runner, "127.0.0.1", 0).start()
    host, port = app_runner.addresses[0][:2]
    async with aiohttp.ClientSession(
        headers={"Host": f"{HOST}:{port}"}, auto_decompress=False
    ) as session:
        yield RoutedApp(f"http://{host}:{port}", dynos, logs, slug(tmp_path), session, settings)
    await router.close()
    await dynos.close()
    await app_runner.cleanup()


async def test_an_app_in_maintenance_says_so_while_its_dynos_run(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    app.settings["maintenance"] = "on"

    async with app.session.get(app.address) as answer:
        assert (answer.status, "Offline for maintenance" in await answer.text()) == (503, True)

    assert 'at=info code=H80 desc="Maintenance mode"' in await app.line()
    assert app.dynos.web_port(APP)


async def test_a_browser_returns_to_its_dyno_with_session_affinity(app: RoutedApp) -> None:
    app.settings["http-session-affinity"] = "on"
    await app.dynos.apply(runtime(app.slug, quantity=2, web="python echo.py"))
    await until(lambda: [d.state.value for d in app.dynos.dynos(APP)] == ["up", "up"])

    async def visited(*cookies: str) -> tuple[str, list[str]]:
        headers = {"Cookie": "; ".join(cookies)} if cookies else {}
        async with app.session.get(app.address, headers=headers) as answer:
            dyno = str((await answer.json())["dyno"])
            cookies_set = [one for one in answer.headers.getall("Set-Cookie") if "affinity" in one]
            return dyno, cookies_set

    first = await visited()
    second = await visited()
    assert {first[0], second[0]} == {"web.1", "web.2"}
    assert first[1] == [f"heroku-session-affinity={first[0]}; Path=/; HttpOnly"]
    for _ in range(3):
        assert await visited(f"heroku-session-affinity={first[0]}") == (first[0], [])
    assert len((await visited("heroku-session-affinity=web.9"))[1]) == 1
    del app.settings["http-session-affinity"]
    assert (await visited())[1] == []


@pytest.mark.parametrize(
    ("variable", "maintenance"), [("MAINTENANCE_PAGE_URL", True), ("ERROR_PAGE_URL", False)]
)
async def test_an_app_has_pages_of_its_own(
    app: RoutedApp, variable: str, maintenance: bool
) -> None:
    app.settings[variable] = 'https://acme.example/sorry?"'
    if maintenance:
        app.settings["maintenance"] = "on"

    async with app.session.get(app.address) as answer:
        text = await answer.text()

    assert answer.status == 503
    assert '<iframe src="https://acme.example/sorry?&quot;"' in text


async def test_a_host_without_an_app_is_not_found(app: RoutedApp) -> None:
    headers = {"Host": "nobody.localhost"}
    async with app.session.get(app.address, headers=headers) as answer:
        assert answer.status == 404
        assert "No such app" in await answer.text()


async def test_an_app_without_web_dynos_is_h14(app: RoutedApp) -> None:
    async with app.session.get(app.address) as answer:
        assert answer.status == 503
        assert "H14" in await answer.text()
    line = await app.line()
    assert 'at=error code=H14 desc="No web processes running" method=GET path="/"' in line
    assert "status=503" in line


async def test_a_request_arrives_whole_and_its_answer_comes_back_whole(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    body = b"x" * 300_000
    options = {"X-Forwarded-For": "192.0.2.7", "Connection": "X-Private", "X-Private": "1"}
    async with app.session.put(f"{app.address}/a%2Fb?q=%20", data=body, headers=options) as answer:
        assert answer.status == 207
        seen = await answer.json()
        assert answer.headers.getall("Set-Cookie") == ["a=1", "b=2"]
        assert answer.headers["Via"] == "1.1 heroku-router"
    assert (seen["method"], seen["path"], seen["bytes"]) == ("PUT", "/a%2Fb?q=%20", len(body))
    headers = seen["headers"]
    assert headers["Host"].startswith(HOST)
    assert headers["X-Forwarded-For"] == "192.0.2.7, 127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"
    assert headers["X-Forwarded-Port"] == app.address.rpartition(":")[2]
    assert headers["Via"] == "1.1 heroku-router"
    assert len(headers["X-Request-Id"]) == 36
    assert "X-Private" not in headers
    line = await app.line()
    assert 'at=info method=PUT path="/a%2Fb?q=%20" host=shop.localhost' in line
    assert f"request_id={headers['X-Request-Id']}" in line
    assert "dyno=web.1" in line
    assert "status=207" in line


async def test_a_client_may_address_it_as_a_proxy(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    elsewhere = {"Host": "elsewhere.example"}
    named = f"{app.address.replace('127.0.0.1', HOST)}/a%2Fb?"
    async with app.session.get(named, proxy=app.address, headers=elsewhere) as answer:
        assert (await answer.json())["path"] == "/a%2Fb"
    assert 'path="/a%2Fb" host=shop.localhost' in await app.line()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
@pytest.mark.parametrize(
    "body", [gzip.compress(b"hello world", mtime=0), b"\x00noise"], ids=["gzip", "noise"]
)
async def test_compressed_bodies_reach_the_app_unchanged(
    app: RoutedApp, coding: str, body: bytes
) -> None:
    await app.serve("python echo.py")

    headers = {"Content-Encoding": coding}
    async with app.session.put(app.address, data=io.BytesIO(body), headers=headers) as answer:
        assert answer.status == 207
        seen = await answer.json()

    assert seen["begins"] == body.hex()
    assert seen["headers"]["Content-Encoding"] == coding
    assert seen["headers"]["Content-Length"] == str(len(body))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
async def test_compressed_answers_reach_the_client_unchanged(app: RoutedApp, coding: str) -> None:
    await app.serve("python echo.py")

    headers = {"Accept-Encoding": coding}
    async with app.session.get(f"{app.address}/packed", headers=headers) as answer:
        assert await answer.read() == b"\x00noise"

    assert (answer.status, answer.headers["Content-Encoding"]) == (200, coding)
    assert answer.headers["Content-Length"] == "6"


async def test_a_clients_request_id_is_kept_and_a_strange_one_is_not(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    for request_id, is_kept in (
        ("a-request-of-my-own-1", True),
        ("no spaces allowed in here", False),
    ):
        async with app.session.get(app.address, headers={"X-Request-Id": request_id}) as answer:
            seen = (await answer.json())["headers"]["X-Request-Id"]
            assert (seen == request_id) is is_kept


async def test_a_header_that_is_not_text_is_logged(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    address = URL(app.address)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n".encode())
    writer.write(b"X-Forwarded-For: \xff\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 207")
    writer.close()
    assert 'fwd="\\udcff, 127.0.0.1"' in await app.line()


async def test_head_has_the_length_and_no_body(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    async with app.session.head(app.address) as answer:
        assert answer.headers["Content-Length"] == "12345"
        assert await answer.read() == b""


async def test_a_redirect_is_the_clients_to_follow(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    async with app.session.get(f"{app.address}/away", allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"] == "/elsewhere"


async def test_an_answer_is_streamed(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    async with app.session.get(f"{app.address}/slowly") as answer:
        assert await answer.content.readany() == b"one\n"
        async with app.session.get(f"{app.address}/go-on") as other:
            assert other.status == 204
        assert await answer.content.read() == b"two\n"


@pytest.mark.parametrize("limits", [replace(LIMITS, response=0.5)])
async def test_no_answer_in_time_is_h12(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    async with app.session.get(f"{app.address}/never") as answer:
        assert answer.status == 503
        assert "H12" in await answer.text()


async def test_a_closed_connection_is_h13(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    async with app.session.get(f"{app.address}/hang-up") as answer:
        assert answer.status == 503
        assert "H13" in await answer.text()


async def test_malformed_http_is_h17(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    async with app.session.get(f"{app.address}/garbage") as answer:
        assert answer.status == 503
        assert "H17" in await answer.text()


async def test_a_client_that_expects_100_continue_gets_it(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    async with app.session.put(app.address, data=b"x" * 1000, expect100=True) as answer:
        seen = await answer.json()
        assert seen["bytes"] == 1000
        assert "Expect" not in seen["headers"]


async def test_a_client_that_leaves_while_it_sends_is_h27(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    host, port = app.address.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"PUT / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\nonly this"
    writer.write(head.encode())
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    assert "code=H27" in await app.line()


async def test_an_answer_broken_off_is_broken_off_for_the_client(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    async with app.session.get(f"{app.address}/broken-off") as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()
    assert "code=H18" in await app.line()


async def test_a_crashed_app_is_h10(app: RoutedApp) -> None:
    await app.dynos.apply(runtime(app.slug, web="exit 1"))
    async with app.session.get(app.address) as answer:
        assert answer.status == 503
        assert "H10" in await answer.text()


async def test_a_request_waits_for_a_dyno_that_starts(app: RoutedApp) -> None:
    await app.dynos.apply(runtime(app.slug, web="sleep 0.3; exec python echo.py"))
    async with app.session.get(app.address) as answer:
        assert answer.status == 207


async def test_a_websocket_goes_through(app: RoutedApp) -> None:
    await app.serve("python sockets.py")
    async with app.session.ws_connect(app.address, protocols=["chat"]) as socket:
        assert socket.protocol == "chat"
        await socket.send_str("hello")
        assert await socket.receive_str() == "hello to you"
        await socket.send_bytes(b"\0\1")
        assert await socket.receive_bytes() == b"\1\0"
        await socket.send_str("leave")
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 4001
    assert "status=101" in await app.line()


async def test_a_refused_websocket_is_refused(app: RoutedApp) -> None:
    await app.serve("python echo.py")
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await app.session.ws_connect(app.address)
    assert refused.value.status == 207
