"""App setups from an app.json."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
from typing import Any

import pytest

from tests.localheroku.client import Api

SETUPS = "/app-setups"
EVERYTHING = {
    "name": "Shop",
    "description": "Sells.",
    "env": {
        "PLAIN": "1",
        "GIVEN": {"description": "of the order", "required": True},
        "MADE": {"generator": "secret"},
        "DEFAULT": {"value": "d"},
        "LEFT_OUT": {"required": False},
    },
    "addons": ["papertrail:choklad", {"plan": "heroku-postgresql:essential-0", "as": "STORE"}],
    "buildpacks": [{"url": "heroku/python"}],
    "formation": {"web": {"quantity": 2, "size": "standard-1x"}},
    "scripts": {"postdeploy": {"command": "seed"}},
    "stack": "heroku-22",
    "success_url": "/welcome",
}


def packed(app_json: object, procfile: str = "web: serve", top: str = "") -> bytes:
    archive = io.BytesIO()
    files = {"Procfile": procfile, "requirements.txt": "", "deep/er/app.json": "{}"}
    if app_json is not None:
        files["app.json"] = app_json if isinstance(app_json, str) else json.dumps(app_json)
    with tarfile.open(fileobj=archive, mode="w:gz") as source:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{top}{name}")
            entry.size = len(text)
            source.addfile(entry, io.BytesIO(text.encode()))
    return archive.getvalue()


async def start_setup(api: Api, source: bytes, **order: object) -> Any:
    urls = (await api.post("/sources"))["source_blob"]
    async with api.session.put(urls["put_url"], data=source) as response:
        assert response.status == 200
    answer = await api.call("POST", SETUPS, {"source_blob": {"url": urls["get_url"]}, **order})
    assert answer.status == 202, answer
    return answer.body


async def ended(api: Api, source: bytes, **order: object) -> Any:
    setup = await start_setup(api, source, **order)
    return await api.settled(f"{SETUPS}/{setup['id']}")


async def test_an_app_gets_everything_in_its_app_json(api: Api) -> None:
    order = {"app": {"name": "shop"}, "overrides": {"env": {"GIVEN": "g", "EXTRA": "e"}}}

    setup = await ended(api, packed(EVERYTHING), **order)

    assert (setup["status"], setup["app"]["name"]) == ("succeeded", "shop")
    assert setup["build"]["status"] == "succeeded"
    assert setup["postdeploy"] == {"output": "running seed\n", "exit_code": 0}
    assert setup["resolved_success_url"].endswith("/welcome")
    assert setup["resolved_success_url"].startswith("http://shop.localhost:")
    config = await api.get("/apps/shop/config-vars")
    variables = {name: config[name] for name in ("PLAIN", "GIVEN", "DEFAULT", "EXTRA")}
    assert variables == {"PLAIN": "1", "GIVEN": "g", "DEFAULT": "d", "EXTRA": "e"}
    assert len(config["MADE"]) == 64
    assert {"STORE_URL", "PAPERTRAIL_API_TOKEN"} <= config.keys()
    assert "LEFT_OUT" not in config
    (web,) = await api.get("/apps/shop/formation")
    assert (web["quantity"], web["size"]) == (2, "Standard-1X")
    assert (await api.get("/apps/shop"))["stack"]["name"] == "heroku-22"
    assert len(await api.get("/apps/shop/buildpack-installations")) == 1


async def test_options_take_precedence_over_the_app_json(api: Api) -> None:
    order = {
        "app": {"organization": "acme", "stack": "heroku-24", "locked": True, "region": "eu"},
        "overrides": {
            "buildpacks": [{"url": "heroku/nodejs"}],
            "env": {"GIVEN": "g", "PLAIN": "2"},
        },
    }

    setup = await ended(api, packed(EVERYTHING, top="repo-1f2e/"), **order)

    name = setup["app"]["name"]
    app = await api.get(f"/teams/apps/{name}")
    assert (app["team"], app["locked"], app["region"]["name"]) == ({"name": "acme"}, True, "eu")
    assert app["build_stack"]["name"] == "heroku-24"
    assert (await api.get(f"/apps/{name}/config-vars"))["PLAIN"] == "2"
    (one,) = await api.get(f"/apps/{name}/buildpack-installations")
    assert one["buildpack"]["name"] == "heroku/nodejs"


@pytest.mark.parametrize(
    ("manifest", "errors"),
    [
        (None, ["app.json not found"]),
        ("{", ["app.json is not JSON"]),
        ([], ["app.json must be an object"]),
        ({"env": {"A": {}, "B": {"required": True}}}, ["config var A", "config var B"]),
        ({"addons": [1], "formation": {"web": 2}}, ["addons must be", "formation must be"]),
        ({"scripts": {"postdeploy": {}}}, ["scripts must be"]),
    ],
)
async def test_an_invalid_app_json_is_reported(
    api: Api, manifest: object, errors: list[str]
) -> None:
    setup = await ended(api, packed(manifest))

    assert (setup["status"], setup["failure_message"]) == ("failed", "invalid app.json")
    messages = setup["manifest_errors"]
    assert len(messages) == len(errors)
    assert all(words in error for words, error in zip(errors, messages, strict=True))
    assert (setup["build"], setup["postdeploy"]) == (None, None)


@pytest.mark.parametrize(
    ("manifest", "procfile", "words"),
    [
        ({"addons": ["nothing"]}, "web: serve", "Couldn't find either"),
        ({"formation": {"worker": {"quantity": 1}}}, "web: serve", "process type (worker)"),
        ({"scripts": {"postdeploy": "exit 3"}}, "web: serve", "exited with status 3"),
        ({}, "release: exit 1\nweb: serve", "The build failed"),
    ],
)
async def test_failures_during_a_setup_are_reported(
    api: Api, manifest: object, procfile: str, words: str
) -> None:
    setup = await ended(api, packed(manifest, procfile))

    assert setup["status"] == "failed"
    assert words in setup["failure_message"]
    assert setup["manifest_errors"] == []


async def test_a_missing_source_is_reported(api: Api) -> None:
    source = {"url": f"{api.url}/streams/source?key=none"}
    setup = await api.post(SETUPS, {"source_blob": source})

    failed = await api.settled(f"{SETUPS}/{setup['id']}")

    assert failed["failure_message"] == "The source cannot be downloaded: its URL answered 404."


async def test_a_setup_is_visible_to_its_creator_only_while_it_runs(api: Api) -> None:
    api.backends.builder.gate.clear()
    setup = await start_setup(api, packed({}))
    path = f"{SETUPS}/{setup['id']}"
    for _ in range(1000):
        pending = await api.get(path)
        if pending["build"]:
            break
        await asyncio.sleep(0.01)

    assert (pending["status"], pending["build"]["status"]) == ("pending", "pending")
    dev = api.of("dev@acme.example")
    assert (await dev.refusal("GET", path))[:2] == (404, "not_found")
    refused = {"source_blob": {"url": "http://x"}, "app": {"organization": "acme"}}
    assert (await dev.refusal("POST", SETUPS, refused))[0] == 403
    api.backends.builder.gate.set()
    assert (await api.settled(path))["status"] == "succeeded"
