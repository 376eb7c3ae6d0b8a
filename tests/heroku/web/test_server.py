"""What every call of the Platform API has in common."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from pathlib import Path

import pytest

from dynostack.heroku.api import endpoints
from dynostack.heroku.api.apps import models as apps
from dynostack.heroku.platform import Settings
from dynostack.heroku.web import request_log
from tests.heroku import answers
from tests.heroku.client import ACCEPT, Api

UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"


def basic(text: str) -> str:
    return f"Basic {b64encode(text.encode()).decode()}"


def test_every_endpoint_has_a_shape_in_the_published_schema() -> None:
    for endpoint in endpoints():
        answers.shape_of(endpoint)


def test_every_endpoint_is_there_once() -> None:
    places = [(e.method, re.sub(r"{\w+}", "{}", "/".join(e.segments))) for e in endpoints()]

    assert len(places) == len(set(places))


@pytest.mark.parametrize("form", [":{key}", "ops@acme.example:{key}", "anyone:{key}"])
async def test_the_key_is_the_password_of_any_user(api: Api, form: str) -> None:
    header = {"Authorization": basic(form.format(key=api.key))}

    assert (await api.call("GET", "/account", headers=header)).status == 200


async def test_the_key_is_a_bearer_token(api: Api) -> None:
    header = {"Authorization": f"Bearer {api.key}"}

    assert (await api.call("GET", "/account", headers=header)).status == 200


@pytest.mark.parametrize(
    "header",
    ["Bearer wrong", basic(":wrong"), basic("wrong"), "Basic ***", "Digest x", "Basic /w==", ""],
)
@pytest.mark.parametrize("path", ["/account", "/no/such/path"])
async def test_without_the_key_there_is_nothing_to_see(api: Api, header: str, path: str) -> None:
    answer = await api.call("GET", path, headers={"Authorization": header})

    assert (answer.status, answer.body["id"]) == (401, "unauthorized")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/vnd.heroku+json"])
async def test_the_version_must_be_asked_for(api: Api, accept: str) -> None:
    answer = await api.call("GET", "/account", headers={"Accept": accept})

    assert (answer.status, answer.body["id"]) == (406, "not_acceptable")


async def test_a_variant_of_the_version_will_do(api: Api) -> None:
    accept = {"Accept": "application/vnd.heroku+json; version=3.sdk, */*"}

    assert (await api.call("GET", "/account", headers=accept)).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/account"), ("GET", "/unknown"), ("GET", "/apps/shop/unknown"), ("GET", "/")],
)
async def test_an_unknown_call_is_named(api: Api, method: str, path: str) -> None:
    assert await api.refusal(method, path) == (
        404,
        "not_found",
        f"The local Heroku has no endpoint {method} {path}.",
    )


async def test_an_unknown_field_is_named_and_changes_nothing(api: Api) -> None:
    body = {"name": "shop", "colour": "red", "size": 3}

    assert await api.refusal("POST", "/apps", body) == (
        422,
        "invalid_params",
        "Unknown params: colour, size. This endpoint takes: name, region, stack.",
    )
    assert await api.get("/apps") == []


async def test_a_missing_field_is_named(api: Api) -> None:
    await api.app()

    assert await api.refusal("POST", "/apps/shop/addons", {"name": "x"}) == (
        422,
        "invalid_params",
        "Require params: plan.",
    )


async def test_a_value_of_another_kind_is_named(api: Api) -> None:
    assert await api.refusal("POST", "/apps", {"name": 7}) == (
        422,
        "invalid_params",
        "Param name must be a string.",
    )


@pytest.mark.parametrize(
    "text",
    [
        *("{", "[]", "null", '"x"', "\xff"),
        *(
            '{"name": NaN}',
            '{"name": -Infinity}',
            '{"name": "\\ud800"}',
            '{"name": "\xed\xa0\x80"}',
        ),
        f'{{"name": {"[" * 100_000}',
    ],
    ids=lambda text: text[:20].encode("ascii", "backslashreplace").decode(),
)
async def test_a_body_is_an_object(api: Api, text: str) -> None:
    headers = {"Accept": ACCEPT, "Authorization": basic(f":{api.key}")}

    async with api.session.post(
        f"{api.url}/apps", data=text.encode("latin-1"), headers=headers
    ) as response:
        answer = await response.json()

    assert (response.status, answer["id"]) == (400, "bad_request")


async def test_a_body_has_a_limit(api: Api) -> None:
    status, code, _ = await api.refusal("POST", "/apps", {"name": "x" * (1 << 20)})

    assert (status, code) == (413, "bad_request")


async def test_a_call_has_an_id_that_starts_with_the_client_s(api: Api) -> None:
    given = await api.call("GET", "/account", headers={"Request-Id": "from-client"})
    refused = await api.call("GET", "/apps/unknown")

    assert re.fullmatch(f"from-client,{UUID}", given.headers["Request-Id"])
    assert re.fullmatch(UUID, refused.headers["Request-Id"])


async def test_a_name_or_id_that_is_no_text_is_not_repeated(api: Api) -> None:
    answer = await api.call("GET", "/account", headers={"Request-Id": "\xe9"})
    async with api.session.get(api.url, headers={"Host": "\xe9.localhost"}) as elsewhere:
        told = await elsewhere.json()

    assert re.fullmatch(UUID, answer.headers["Request-Id"])
    assert (elsewhere.status, told["id"]) == (421, "bad_request")


async def test_what_is_known_already_is_not_sent_again(api: Api) -> None:
    await api.app()
    first = await api.call("GET", "/apps/shop")
    condition = {"If-None-Match": first.headers["ETag"]}

    same = await api.call("GET", "/apps/shop", headers=condition)
    assert (same.status, same.body) == (304, None)

    await api.patch("/apps/shop", {"maintenance": True})
    assert (await api.call("GET", "/apps/shop", headers=condition)).status == 200


async def test_a_list_comes_in_pages(api: Api) -> None:
    for name in ("aaa", "bbb", "ccc"):
        await api.app(name)

    first = await api.call("GET", "/apps", headers={"Range": "name ..; max=2"})
    assert (first.status, first.headers["Content-Range"]) == (206, "name aaa..bbb")
    assert first.headers["Accept-Ranges"] == "id, name, updated_at"
    second = await api.call("GET", "/apps", headers={"Range": first.headers["Next-Range"]})
    assert (second.status, [app["name"] for app in second.body]) == (200, ["ccc"])
    assert "Next-Range" not in second.headers


async def test_a_list_is_ordered_by_what_it_allows(api: Api) -> None:
    answer = await api.call("GET", "/apps", headers={"Range": "email ..; max=10"})

    assert (answer.status, answer.body["id"]) == (416, "requested_range_not_satisfiable")
    assert answer.body["message"] == (
        "Requested range order is not allowed, please try `id` or another specified in "
        "`Accept-Ranges`."
    )


async def test_a_failure_of_its_own_is_told_without_its_reason(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret reason")

    monkeypatch.setattr(apps, "every", fail)

    status, code, message = await api.refusal("GET", "/apps")

    assert (status, code) == (500, "internal_server_error")
    assert "GET /apps" in message
    assert "secret reason" not in message
    assert "secret reason" in caplog.text


async def test_the_request_log_counts_calls_and_keeps_no_secret(
    api: Api, settings: Settings
) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"TOKEN": "secret-value"})
    url = await api.upload("web: serve")

    text = (settings.data / "requests.jsonl").read_text()

    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("POST", "/apps", 201),
        ("PATCH", "/apps/shop/config-vars", 200),
        ("POST", "/sources", 201),
        ("PUT", "/streams/source", 200),
    ]
    assert [line["route"] for line in lines] == [
        "POST /apps",
        "PATCH /apps/{app}/config-vars",
        "POST /sources",
        None,
    ]
    assert {line["client"] for line in lines} == {"Python"}
    known = {"time", "method", "path", "status", "ms", "request_id", "route", "client"}
    assert lines[0].keys() == known
    for secret in ("secret-value", api.key, url.partition("key=")[2]):
        assert secret not in text


async def test_the_request_log_does_not_grow_without_end(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "LARGEST_BYTES", 600)
    for _ in range(20):
        await api.get("/account")

    files = sorted(file.name for file in settings.data.glob("requests*"))
    assert files == ["requests.1.jsonl", "requests.jsonl"]
    assert all((settings.data / name).stat().st_size < 1000 for name in files)


async def test_only_the_owner_reads_the_files(api: Api, settings: Settings) -> None:
    await api.app()
    await api.build("web: serve")

    def mode(path: Path) -> int:
        return path.stat().st_mode & 0o777

    assert mode(settings.data) == 0o700
    for name in ("api-key", "heroku.sqlite3", "requests.jsonl"):
        assert mode(settings.data / name) == 0o600
    for name in ("outputs", "uploads", "builds"):
        assert mode(settings.data / name) == 0o700
