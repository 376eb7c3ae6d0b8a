"""Tests of reading a whole app from the Platform API."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from dynostack.inventory import pace
from dynostack.inventory.app import App, Coupling, Dynos, Part
from dynostack.inventory.platform_api import ApiRefusal, PlatformApi
from dynostack.inventory.reader import AppVanished, read_inventory
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient

PROCFILE = "web: serve\nworker: work\n"


async def read(api: Api, name: str, say: Any = lambda _: None) -> App:
    client = PlatformApi(api.url, api.key).saying(say)
    return await asyncio.to_thread(read_inventory, client, name)


async def test_everything_of_an_app(api: Api) -> None:
    await api.team_app(region="eu")
    path = "/apps/team-shop"
    await api.put(f"{path}/buildpack-installations", {"updates": [{"buildpack": "heroku/python"}]})
    await api.patch(f"{path}/config-vars", {"GREETING": "hello"})
    addon = await api.addon("memcachier:dev", "team-shop")
    person = {"user": "dev@acme.example", "permissions": ["view", "deploy"]}
    await api.post(f"/teams{path}/collaborators", person)
    await api.post(f"{path}/domains", {"hostname": "www.acme.example", "sni_endpoint": None})
    await api.post(f"{path}/log-drains", {"url": "syslog+tls://logs.acme.example:6514"})
    await api.patch(f"{path}/features/http-session-affinity", {"enabled": True})
    await api.patch(path, {"maintenance": True})
    hook = {"include": ["api:release"], "level": "notify", "url": "https://hooks.acme.example/"}
    await api.post(f"{path}/webhooks", hook)
    owner = {"id": (await api.get("/account"))["id"], "type": "user"}
    pipeline = await api.post("/pipelines", {"name": "shop", "owner": owner})
    coupling = {"app": "team-shop", "pipeline": pipeline["id"], "stage": "staging"}
    await api.post("/pipeline-couplings", coupling)
    await api.build(PROCFILE, "team-shop")
    found = await read(api, "team-shop")
    assert (found.team, found.region, found.stack) == ("acme", "eu", "heroku-24")
    assert found.maintenance
    assert found.buildpacks == ("heroku/python",)
    assert found.own_config_vars == {"GREETING": "hello"}
    assert [(each.name, each.cents) for each in found.own_addons] == [(addon["name"], 0)]
    people = {each.email: (each.permissions, each.is_implied) for each in found.collaborators}
    assert people["dev@acme.example"] == (("view", "deploy"), False)
    assert people["ops@acme.example"][1]
    assert [each.hostname for each in found.domains] == ["www.acme.example"]
    assert [each.is_of_addon for each in found.drains] == [False]
    assert "http-session-affinity" in found.features
    assert found.formation == {"web": Dynos(1, "Basic"), "worker": Dynos(0, "Basic")}
    assert [each.entities for each in found.webhooks] == [("api:release",)]
    assert found.coupling
    assert replace(found.coupling, id="", created="") == Coupling("staging", pipeline["id"], "shop")
    assert found.release
    assert found.release.author == "ops@acme.example"
    assert found.release.slug
    assert found.unread == {}


async def test_an_attachment_of_another_apps_add_on_sets_config_vars(api: Api) -> None:
    await api.app()
    await api.app("stall")
    addon = await api.addon("heroku-postgresql:essential-0")
    body = {"addon": addon["id"], "app": "stall", "name": "THEIRS"}
    await api.post("/addon-attachments", body)
    found = await read(api, "stall")
    (theirs,) = found.addons
    assert (theirs.plan, theirs.app, theirs.config_vars) == ("", "shop", frozenset({"THEIRS_URL"}))
    assert found.own_addons == ()
    assert found.own_config_vars == {}


async def test_the_most_advanced_app_is_the_first_of_a_pipeline(api: Api) -> None:
    owner = {"id": (await api.get("/account"))["id"], "type": "user"}
    pipeline = await api.post("/pipelines", {"name": "shop", "owner": owner})
    for name, stage in (("early", "staging"), ("live", "production"), ("live-too", "production")):
        await api.app(name)
        body = {"app": name, "pipeline": pipeline["id"], "stage": stage}
        await api.post("/pipeline-couplings", body)
    first = [(await read(api, each)).coupling for each in ("early", "live", "live-too")]
    assert [each and each.is_first for each in first].count(True) == 1
    assert first[0]
    assert not first[0].is_first


@pytest.mark.parametrize(
    ("part", "route"),
    [
        (Part.COLLABORATORS, "GET /apps/{app}/collaborators"),
        (Part.CONFIG_VARS, "GET /apps/{app}/config-vars"),
        (Part.COUPLING, "GET /apps/{app}/pipeline-couplings"),
    ],
)
async def test_a_part_that_may_not_be_read_is_named(api: Api, part: Part, route: str) -> None:
    await api.app()
    await api.addon("memcachier:dev")
    await ControlClient(api).fault("error", route=route, options={"status": 403})
    found = await read(api, "shop")
    assert found.unread.keys() == {part}
    assert [each.plan for each in found.addons] == ["memcachier:dev"]


async def test_an_app_that_vanishes_meanwhile(api: Api) -> None:
    await api.app()
    await ControlClient(api).fault(
        "error", route="GET /apps/{app}/features", options={"status": 404}
    )
    with pytest.raises(AppVanished, match="app shop was destroyed or renamed while it was read"):
        await read(api, "shop")


async def test_a_missing_app(api: Api) -> None:
    with pytest.raises(ApiRefusal) as refused:
        await read(api, "nowhere")
    assert refused.value.status == 404


async def test_a_rate_limit_is_waited_for_and_reported(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.app()
    monkeypatch.setattr(pace, "FIRST_WAIT_SECONDS", 2.0)
    await ControlClient(api).fault("rate-limit", route="GET /apps/{app}/domains", count=1)
    said: list[str] = []
    found = await read(api, "shop", said.append)
    assert found.name == "shop"
    assert said == ["Heroku's rate limit is reached; going on in 2 seconds"]


async def test_all_pages_of_a_list_are_read(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await api.app()
    for number in range(5):
        body = {"hostname": f"www{number}.acme.example", "sni_endpoint": None}
        await api.post("/apps/shop/domains", body)
    monkeypatch.setattr("dynostack.inventory.platform_api.PAGE", "id ..; max=2")
    found = await read(api, "shop")
    assert len(found.domains) == 5
