"""The recorder: every call with its bodies, without secrets."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from localheroku.api import endpoints
from localheroku.control.recorder import masking, models
from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient


async def record(local: ControlClient, *, on: bool) -> None:
    assert await local.patch("/recorder", {"on": on}) == {"on": on}


async def test_it_is_off_at_first(api: Api, local: ControlClient, settings: Settings) -> None:
    await api.app()
    assert await local.get("/recorder") == {"on": False}
    assert await local.get("/recorder/calls") == []
    assert not (settings.data / "recording.jsonl").exists()


async def test_it_keeps_calls_with_their_bodies(api: Api, local: ControlClient) -> None:
    await record(local, on=True)
    await api.app()
    await api.refusal("GET", "/apps/none")
    await record(local, on=False)
    await api.get("/apps")

    made, refused = await local.get("/recorder/calls")
    assert (made["method"], made["route"], made["status"]) == ("POST", "POST /apps", 201)
    assert made["client"] == "Python"
    assert made["request"] == {"name": "shop"}
    assert made["response"]["name"] == "shop"
    assert (refused["status"], refused["request"]) == (404, None)
    assert refused["response"]["id"] == "not_found"


async def test_it_keeps_no_secret(api: Api, local: ControlClient, settings: Settings) -> None:
    await record(local, on=True)
    await api.team_app("shop")
    await api.patch("/apps/shop/config-vars", {"TOKEN": "config-secret", "GONE": None})
    follower = {"plan": "heroku-postgresql", "config": {"follow": "postgres://u:fork-secret@h"}}
    assert "fork-secret" not in (await api.refusal("POST", "/apps/shop/addons", follower))[2]
    await api.addon("heroku-postgresql:essential-0")
    drain = "https://user:drain-secret@logs.example/in?token=drain-secret"
    await api.post("/apps/shop/log-drains", {"url": drain})
    for _ in range(2):
        await api.call("DELETE", f"/apps/shop/log-drains/{quote(drain, safe='')}")
    await api.refusal("DELETE", f"/no/drain/{quote(drain, safe='')}")
    await api.patch("/apps/shop/config-vars/", {"TOKEN": "config-secret", "GONE": None})
    token = (await api.post("/oauth/authorizations", {"scope": ["global"]}))["access_token"]
    url = await api.upload("web: serve")
    await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
    session = await api.post("/apps/shop/log-sessions", {})
    await api.text(session["logplex_url"])
    await api.post(
        "/teams/apps/shop/collaborators",
        {"user": "dev@acme.example", "permissions": ["view", "deploy"]},
    )

    text = (settings.data / "recording.jsonl").read_text()

    secrets = ["config-secret", "fork-secret", "drain-secret", token["token"], api.key]
    secrets += [url.partition("key=")[2], session["logplex_url"].partition("key=")[2]]
    assert [secret for secret in secrets if secret in text] == []
    calls = [json.loads(line) for line in text.splitlines()]
    by_route = {call["route"]: call for call in calls}
    changed = by_route["PATCH /apps/{app}/config-vars"]
    assert changed["request"] == {"TOKEN": "[hidden]", "GONE": None}
    removed = [call for call in calls if call["method"] == "DELETE"]
    assert [call["path"] for call in removed] == [
        *["/apps/shop/log-drains/[hidden]"] * 2,
        "/no/drain/[hidden]",
    ]
    assert removed[0]["response"]["url"] == "https://[hidden]@logs.example/in?[hidden]"
    access = by_route["POST /teams/apps/{app}/collaborators"]
    assert access["request"]["permissions"] == ["view", "deploy"]
    assert access["response"]["user"]["email"] == "dev@acme.example"
    upload = next(call for call in calls if call["path"] == "/streams/source")
    assert upload["query"] == {"key": "[hidden]"}
    assert (settings.data / "recording.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("path", "body", "masked"),
    [
        ("/apps/a/config-vars", {"A": "b"}, {"A": "[hidden]"}),
        ("/pipelines/p/stage/test/config-vars", {"A": ""}, {"A": "[hidden]"}),
        ("/apps/a/dynos", {"env": {"A": "b"}}, {"env": {"A": "[hidden]"}}),
        ("/apps/a/sni-endpoints", {"private_key": "k"}, {"private_key": "[hidden]"}),
        ("/x", {"url": "https://u:p@h:1/i?s=1"}, {"url": "https://[hidden]@h:1/i?[hidden]"}),
        ("/x", {"url": "https://h/i"}, {"url": "https://h/i"}),
        ("/x", {"say": "at redis://:p@h:6 now"}, {"say": "at redis://[hidden]@h:6 now"}),
        ("/x", {"attach_url": "rendezvous://h:5/key"}, {"attach_url": "[hidden]"}),
        ("/x", {"config_vars": ["DATABASE_URL"]}, {"config_vars": ["DATABASE_URL"]}),
        ("/x", [{"permissions": [{"name": "view"}]}], [{"permissions": [{"name": "view"}]}]),
        ("/x", {"role": "admin", "quantity": 2}, {"role": "admin", "quantity": 2}),
        ("/review-apps", {"environment": {"A": "b"}}, {"environment": {"A": "[hidden]"}}),
        (
            "/app-setups",
            {"overrides": {"env": {"A": 1}}},
            {"overrides": {"env": {"A": "[hidden]"}}},
        ),
        ("/x", {"env": "A=b", "Vars": ["A=b"]}, {"env": "[hidden]", "Vars": ["[hidden]"]}),
        ("/apps/a/config-vars", {"url": "b", "id": "c"}, {"url": "[hidden]", "id": "[hidden]"}),
        ("/apps/a/config-vars", ["A=b"], "[hidden]"),
    ],
)
def test_what_is_masked(path: str, body: Any, masked: Any) -> None:
    assert masking.mask(path, body) == masked


def test_an_error_stays_readable() -> None:
    error = {"id": "invalid_params", "message": "No.", "url": "https://h/"}
    assert masking.mask("/apps/a/config-vars", error, is_error=True) == error


def test_every_field_of_a_call_that_holds_config_vars_is_masked() -> None:
    """Compare with the list of all objects in bodies that were checked to hold no secrets."""
    plain = {
        *("app", "attachment", "client", "deploy_target", "grant", "in", "new_owner", "overrides"),
        *("owner", "process_types", "refresh_token", "source", "source_blob", "space"),
    }
    objects = {
        name
        for endpoint in endpoints()
        for name, field in (endpoint.takes or {}).items()
        if field.fits({"A": "b"})
    }
    assert objects - masking.CONFIG_VAR_FIELDS == plain


async def test_it_does_not_grow_without_limit(
    api: Api, local: ControlClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "LARGEST_BYTES", 2000)
    await record(local, on=True)
    for _ in range(30):
        await api.get("/account")

    files = sorted(file.name for file in settings.data.glob("recording*"))
    assert files == ["recording.1.jsonl", "recording.jsonl"]
    assert 1 < len(await local.get("/recorder/calls")) < 30
