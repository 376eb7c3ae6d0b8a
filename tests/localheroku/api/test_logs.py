"""Log sessions and log drains."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api

DRAINS = "/apps/shop/log-drains"


async def session(api: Api, **fields: object) -> str:
    made = await api.post("/apps/shop/log-sessions", fields)
    return str(made["logplex_url"])


async def test_the_log_shows_releases(api: Api) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"TOKEN": "secret-value"})

    lines = (await api.text(await session(api))).splitlines()

    messages = [line.partition(" ")[2] for line in lines]
    assert "app[api]: Set TOKEN config vars by user ops@acme.example" in messages
    assert "app[api]: Release v2 created by user ops@acme.example" in messages
    assert not any("secret-value" in line for line in lines)


async def test_the_log_shows_who_scaled_and_ran_what(api: Api) -> None:
    await api.app()
    await api.build("web: serve\nworker: work")
    await api.patch("/apps/shop/formation/worker", {"quantity": 2, "size": "standard-1x"})
    await api.post("/apps/shop/dynos", {"command": "bash"})

    log = await api.text(await session(api))

    assert "app[api]: Scaled to worker@2:Standard-1X by user ops@acme.example" in log
    assert "app[api]: Starting process with command `bash` by user ops@acme.example" in log


async def test_a_session_shows_some_lines_of_some_sources(api: Api) -> None:
    app = await api.app()
    for number in range(1, 4):
        api.backends.logs.append(app["id"], "app", "web.1", f"web {number}")
        api.backends.logs.append(app["id"], "heroku", "router", f"route {number}")

    async def read(**fields: object) -> list[str]:
        lines = (await api.text(await session(api, **fields))).splitlines()
        return [line.partition(": ")[2] for line in lines]

    assert await read(lines=2) == ["web 3", "route 3"]
    assert await read(source="heroku") == ["route 1", "route 2", "route 3"]
    assert await read(dyno="web.1") == await read(dyno="web") == ["web 1", "web 2", "web 3"]
    assert await read(lines=0) == []


async def test_a_session_follows_what_is_added(api: Api) -> None:
    app = await api.app()
    url = await session(api, tail=True, lines=0, source="app")

    async with api.session.get(url) as response:
        api.backends.logs.append(app["id"], "heroku", "router", "not this")
        api.backends.logs.append(app["id"], "app", "web.1", "but this")
        line = await response.content.readline()

    assert line.endswith(b"app[web.1]: but this\n")


async def test_a_session_is_sent_as_events_on_request(api: Api) -> None:
    app = await api.app()
    for line in ("first", "second"):
        api.backends.logs.append(app["id"], "app", "web.1", line)
    url, events = await session(api, source="app", dyno="web"), {"Accept": "text/event-stream"}

    async def read_events(**headers: str) -> list[tuple[str, str]]:
        async with api.session.get(url, headers={**events, **headers}) as response:
            assert response.content_type == "text/event-stream"
            blocks = (await response.text()).split("\n\n")[:-1]
        pairs = [block.removeprefix("id: ").split("\ndata: ") for block in blocks]
        return [(moment, line) for moment, line in pairs]

    (moment, first), (_, second) = await read_events()
    assert first == f"{moment} app[web.1]: first"
    assert [line for _, line in await read_events(**{"Last-Event-ID": moment})] == [second]


async def test_a_session_ends_with_its_app(api: Api) -> None:
    await api.app()
    url = await session(api)
    await api.delete("/apps/shop")

    async with api.session.get(url) as response:
        assert response.status == 404


async def test_a_session_needs_its_key(api: Api) -> None:
    async with api.session.get(f"{api.url}/streams/log?key=guess") as response:
        assert response.status == 404


async def test_a_drain_gets_the_log_from_now_on(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    app = await api.app()
    calls: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(
        api.backends.logs, "set_drains", lambda app_id, urls: calls.append((app_id, list(urls)))
    )

    drain = await api.post(DRAINS, {"url": "https://logs.example/in"})

    assert drain["token"].startswith("d.")
    assert await api.get(DRAINS) == [drain]
    for identity in (drain["id"], drain["token"]):
        assert await api.get(f"{DRAINS}/{identity}") == drain
    assert await api.delete(f"{DRAINS}/{drain['id']}") == drain
    assert (await api.refusal("GET", f"{DRAINS}/{drain['id']}"))[:2] == (404, "not_found")
    assert calls == [(app["id"], ["https://logs.example/in"]), (app["id"], [])]


async def test_an_app_has_five_drains_each_once(api: Api) -> None:
    await api.app()
    for number in range(5):
        await api.post(DRAINS, {"url": f"syslog://logs.example:{number + 1}"})

    for url in ("syslog://logs.example:1", "syslog://logs.example:6", "logs.example", "syslog://["):
        assert (await api.refusal("POST", DRAINS, {"url": url}))[:2] == (422, "invalid_params")


async def test_an_add_on_has_drains_that_go_with_it(api: Api) -> None:
    await api.app()
    await api.app("other")
    addon = await api.addon("papertrail:choklad", name="logs")
    token = "d.11111111-2222-4333-8444-555555555555"
    path = f"/addons/logs/log-drains/{token}"

    made = await api.put(path, {"url": "https://logs.example/one"})
    changed = await api.put(path, {"url": "https://logs.example/two"})

    assert (made["token"], made["addon"]) == (token, {"id": addon["id"], "name": "logs"})
    assert (changed["id"], changed["url"]) == (made["id"], "https://logs.example/two")
    assert await api.get("/addons/logs/log-drains") == await api.get(DRAINS) == [changed]
    refusal = await api.refusal("DELETE", f"{DRAINS}/{made['id']}")
    assert (refusal[0], "add-on logs" in refusal[2]) == (422, True)
    await api.addon("papertrail:choklad", app="other", name="more")
    foreign = path.replace("logs/", "more/", 1)
    url = {"url": "https://logs.example/three"}
    assert (await api.refusal("PUT", foreign, url))[:2] == (404, "not_found")
    unknown = "/addons/logs/log-drains/nothing"
    assert (await api.refusal("PUT", unknown, url))[:2] == (404, "not_found")
    assert (await api.refusal("PUT", path, {"url": "ftp://logs"}))[0] == 422
    await api.delete("/apps/shop/addons/logs")
    assert await api.get(DRAINS) == []
