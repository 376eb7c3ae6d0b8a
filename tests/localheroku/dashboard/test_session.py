"""Who may see the page, and what of the local Heroku it may read."""

from __future__ import annotations

import asyncio
import json
import ssl

import pytest
from aiohttp import StreamReader

from localheroku.api import endpoints
from localheroku.core import certificate
from localheroku.core.state import Settings
from localheroku.dashboard import routes, session
from localheroku.dashboard.session import BrowserSessions, SessionKeys
from localheroku.http import runner
from tests.localheroku.client import ACCEPT, Api
from tests.localheroku.control.control_client import ControlClient, running
from tests.localheroku.dashboard.visitor import HEADER, Visitor, entered, link, visitor

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
async def guest(api: Api) -> Visitor:
    return await visitor(api)


async def test_a_browser_gets_the_page_and_no_site_may_frame_it(api: Api) -> None:
    async with api.session.get(f"{api.url}/", headers=HTML) as response:
        text, headers = await response.text(), response.headers
    assert (response.status, response.content_type) == (200, "text/html")
    assert "dynostack local open" in text
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert api.key not in text
    assert "acme" not in text


@pytest.mark.parametrize("asset", ["page.css", "page.js"])
async def test_the_pages_assets_name_no_other_address(api: Api, asset: str) -> None:
    async with api.session.get(f"{api.url}/_page/{asset}") as response:
        text = await response.text()
    assert response.status == 200
    assert "://" not in text


@pytest.mark.parametrize("path", ["/_page/", "/_page/page.html", "/_page/../server.py"])
async def test_no_other_path_below_it_exists(api: Api, path: str) -> None:
    async with api.session.get(f"{api.url}{path}") as response:
        assert response.status in (401, 404)


async def test_a_session_reads_what_the_page_shows(api: Api, guest: Visitor) -> None:
    await api.app()
    status, apps = await guest.call("GET", "/apps")
    assert (status, [app["name"] for app in apps]) == (200, ["shop"])
    status, _ = await guest.call("POST", "/apps/shop/log-sessions", {"tail": False})
    assert status == 201
    assert (await guest.call("GET", "/_local/faults"))[0] == 200


async def test_a_session_changes_nothing_and_sees_no_key(api: Api, guest: Visitor) -> None:
    """Call every endpoint except those that are named."""
    every = [endpoint.name for endpoint in endpoints()]
    assert {name for name in routes.READABLE_ENDPOINTS if "/_local/" not in name} <= set(every)
    for name in set(every) - routes.READABLE_ENDPOINTS:
        method, path = name.split()
        status, answer = await guest.call(method, path.replace("{", "").replace("}", ""))
        assert (status, answer["id"]) == (403, "forbidden"), name
        assert f"may not call {method}" in answer["message"]


@pytest.mark.parametrize(
    "call",
    [
        ("POST", "/_local/page/links"),
        ("POST", "/_local/accounts"),
        ("DELETE", "/_local/faults"),
        ("GET", "/_local/recorder/calls"),
        ("POST", "/_local/actions/reset"),
        ("GET", "/streams/output?key=x"),
        ("PUT", "/streams/source?key=x"),
        ("GET", "/shop.git/info/refs?service=git-upload-pack"),
        ("GET", "/nothing"),
    ],
)
async def test_a_session_controls_nothing(guest: Visitor, call: tuple[str, str]) -> None:
    assert (await guest.call(*call))[0] == 403


async def test_a_link_works_once(api: Api) -> None:
    address = await link(api)
    assert await entered(api, address)
    assert await entered(api, address) is None


@pytest.mark.parametrize("code", ["", "x", "0" * 43])
async def test_an_unknown_link_opens_nothing(api: Api, code: str) -> None:
    assert await entered(api, f"{api.url}/_page/enter?code={code}") is None


def test_links_and_sessions_end() -> None:
    now = [0.0]
    sessions = BrowserSessions(lambda: now[0])
    late, early = sessions.create_code(), sessions.create_code()
    now[0] = session.CODE_SECONDS - 1
    halves = sessions.open(early)
    assert halves
    now[0] = session.CODE_SECONDS
    assert sessions.open(late) is None
    assert sessions.is_open(halves)
    now[0] += session.SESSION_SECONDS
    assert not sessions.is_open(halves)


def test_both_halves_are_of_one_session() -> None:
    sessions = BrowserSessions()
    one, other = sessions.open(sessions.create_code()), sessions.open(sessions.create_code())
    assert one
    assert other
    assert sessions.is_open(one)
    assert not sessions.is_open(SessionKeys(one.cookie, other.header))
    assert not sessions.is_open(SessionKeys(f"{one.cookie} {one.header}", ""))


def test_the_number_of_sessions_is_limited() -> None:
    sessions = BrowserSessions()
    first = sessions.create_code()
    codes = [sessions.create_code() for _ in range(session.MAX_SESSIONS)]
    assert sessions.open(first) is None
    assert all(sessions.open(code) for code in codes)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({HEADER: None}, 401),
        ({HEADER: "guessed"}, 401),
        ({HEADER: ""}, 401),
        ({"Cookie": None}, 401),
        ({"Cookie": "dynostack-1=x"}, 401),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "http://shop.localhost"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
    ],
)
async def test_another_site_reads_nothing(
    api: Api, guest: Visitor, headers: dict[str, str | None], status: int
) -> None:
    await api.app()
    assert (await guest.call("GET", "/apps"))[0] == 200
    refused, answer = await guest.call("GET", "/apps", **headers)
    assert (refused, "web_url" in json.dumps(answer)) == (status, False)
    refused, _ = await guest.call("POST", "/apps/shop/log-sessions", {"lines": 1}, **headers)
    assert refused == status


@pytest.mark.parametrize("path", ["/", "/_page/page.js", "/_page/enter"])
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:5050"])
async def test_a_foreign_name_for_this_address_has_no_page(api: Api, path: str, host: str) -> None:
    async with api.session.get(f"{api.url}{path}", headers={**HTML, "Host": host}) as response:
        assert response.status == 421


async def test_it_is_served_over_https_too(api: Api, guest: Visitor, settings: Settings) -> None:
    address = api.url.replace("http:", "https:")
    headers = {"Cookie": guest.cookie, HEADER: guest.header, "Accept": ACCEPT, "Origin": address}
    pem = certificate.ensured(settings.data / certificate.FILE)
    trust = ssl.create_default_context(cafile=str(pem))
    async with api.session.get(f"{address}/apps", headers=headers, ssl=trust) as response:
        assert response.status == 200


async def test_no_answer_is_shared_with_other_origins(api: Api, guest: Visitor) -> None:
    """Check the headers without which a browser would share answers with other origins."""
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Headers": HEADER}
    async with api.session.options(f"{api.url}/apps", headers=preflight) as response:
        assert response.status >= 400
        assert not [name for name in response.headers if name.startswith("Access-Control-")]


async def test_a_form_of_another_site_changes_nothing(api: Api, guest: Visitor) -> None:
    await api.app()
    for path in ("/", "/apps", "/_page/enter", "/_local/page/links", "/apps/shop/log-sessions"):
        async with api.session.post(
            f"{api.url}{path}",
            data={"name": "evil"},
            headers={**HTML, "Cookie": guest.cookie, "Origin": "https://evil.example"},
        ) as response:
            assert response.status in (401, 403), path
    assert len(await api.get("/apps")) == 1


@pytest.mark.parametrize("name", [HEADER.encode(), b"Cookie"])
async def test_bytes_that_are_not_text_open_no_session(
    guest: Visitor, settings: Settings, name: bytes
) -> None:
    sent = {b"Host": b"127.0.0.1", HEADER.encode(): b"x", b"Cookie": guest.cookie.encode()}
    sent[name] = guest.cookie.encode() + b"\xff"
    lines = b"".join(b"%s: %s\r\n" % header for header in sent.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    writer.write(b"GET /apps HTTP/1.1\r\n" + lines + b"\r\n")
    assert b" 401 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_only_its_owner_creates_links(api: Api) -> None:
    local = ControlClient(api.of("dev@acme.example"))
    assert (await local.refusal("POST", "/page/links"))[0] == 403


async def test_answers_are_not_cached(api: Api, guest: Visitor) -> None:
    await api.app()
    headers = {"Cookie": guest.cookie, HEADER: guest.header}
    headers["Accept"] = ACCEPT
    async with api.session.get(f"{api.url}/apps/shop/config-vars", headers=headers) as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"


async def test_the_pages_requests_are_not_counted(api: Api, guest: Visitor) -> None:
    """Check that the page's polling affects no rate limit, fault or recording."""
    local = ControlClient(api)
    await api.app()
    await local.fault("error")
    await local.patch("/recorder", {"on": True})
    assert (await guest.call("GET", "/apps"))[0] == 200
    ((fault),) = await local.get("/faults")
    assert fault["seen"] == 0
    assert await local.get("/recorder/calls") == []
    await local.clear()
    await local.patch("/settings", {"rate_limit": {"refill_per_minute": 0.1}})
    await api.get("/apps")
    remaining = (await api.get("/account/rate-limits"))["remaining"]
    assert (await guest.call("GET", "/apps"))[0] == 200
    assert (await api.get("/account/rate-limits"))["remaining"] == remaining


async def test_a_session_survives_a_restore(api: Api, guest: Visitor) -> None:
    local = ControlClient(api)
    await api.app()
    await local.post("/snapshots", {"name": "one"})
    await api.app("blog")
    await local.post("/snapshots/one/actions/restore")
    status, apps = await guest.call("GET", "/apps")
    assert (status, [app["name"] for app in apps]) == (200, ["shop"])


async def test_names_of_config_vars_without_values(api: Api, guest: Visitor) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"B": "secret", "A": "secret"})
    assert await guest.call("GET", "/_local/apps/shop/config-var-names") == (200, ["A", "B"])


async def test_access_shows_everyones_permissions(api: Api, guest: Visitor) -> None:
    await api.app()
    await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})
    status, people = await guest.call("GET", "/_local/apps/shop/access")
    assert status == 200
    everything = ["view", "deploy", "operate", "manage"]
    assert [(each["email"], each["role"], each["permissions"]) for each in people] == [
        ("dev@acme.example", "collaborator", everything),
        ("ops@acme.example", "owner", everything),
    ]
    assert people[0]["owners_only"] == [
        "rename",
        "delete",
        "transfer",
        "provision paid resources for",
    ]
    assert people[1]["owners_only"] == []


async def test_live_requests_and_their_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check earlier and later requests, without queries, and a stop that waits for no follower."""
    monkeypatch.setattr(runner, "SHUTDOWN_SECONDS", 600)
    async with running(settings) as local:
        api = local.api
        guest = await visitor(api)
        await api.app()
        headers = {"Cookie": guest.cookie, HEADER: guest.header}
        following = api.session.get(f"{api.url}/_local/requests", headers=headers)
        async with following as response:
            assert response.content_type == "text/event-stream"
            seen = await _until(response.content, "/apps")
            await api.get("/apps/shop?secret=1")
            seen = await _until(response.content, "/apps/shop")
            assert (seen["method"], seen["status"], seen["client"]) == ("GET", 200, "Python")
            assert seen["path"] == "/apps/shop"
            async with asyncio.timeout(60):
                await api.heroku.__aexit__(None, None, None)
                while await response.content.readline():
                    pass


async def _until(lines: StreamReader, path: str) -> dict[str, object]:
    async with asyncio.timeout(60):
        while text := await lines.readline():
            if text.startswith(b"data: "):
                call: dict[str, object] = json.loads(text.removeprefix(b"data: "))
                assert not str(call["path"]).startswith("/_page")
                if call["path"] == path:
                    return call
    raise AssertionError("the stream has ended")
