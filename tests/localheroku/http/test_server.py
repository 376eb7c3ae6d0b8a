"""What all calls of the Platform API have in common."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from localheroku.api import endpoints
from localheroku.api.apps import models as apps
from localheroku.core.state import Settings
from localheroku.http import request_log
from tests.localheroku import answers
from tests.localheroku.client import ACCEPT, Api

UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"


def basic(text: str) -> str:
    return f"Basic {b64encode(text.encode()).decode()}"


def test_every_endpoint_has_a_shape_in_the_published_schema() -> None:
    for endpoint in endpoints():
        answers.shape_of(endpoint)


def test_every_endpoint_is_unique() -> None:
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
async def test_without_the_key_every_call_is_unauthorized(api: Api, header: str, path: str) -> None:
    answer = await api.call("GET", path, headers={"Authorization": header})

    assert (answer.status, answer.body["id"]) == (401, "unauthorized")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/vnd.heroku+json"])
async def test_the_version_must_be_requested(api: Api, accept: str) -> None:
    answer = await api.call("GET", "/account", headers={"Accept": accept})

    assert (answer.status, answer.body["id"]) == (406, "not_acceptable")


async def test_a_variant_of_the_version_is_accepted(api: Api) -> None:
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
    body = {"name": "shop", "color": "red", "size": 3}

    assert await api.refusal("POST", "/apps", body) == (
        422,
        "invalid_params",
        "Unknown params: color, size. This endpoint takes: name, region, stack.",
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
    answer = await api.call("GET", "/account", headers={"Request-Id": "from-client"})
    refused = await api.call("GET", "/apps/unknown")

    assert re.fullmatch(f"from-client,{UUID}", answer.headers["Request-Id"])
    assert re.fullmatch(UUID, refused.headers["Request-Id"])


async def test_a_host_or_id_that_is_not_text_is_not_repeated(api: Api) -> None:
    answer = await api.call("GET", "/account", headers={"Request-Id": "\xe9"})
    async with api.session.get(api.url, headers={"Host": "\xe9.localhost"}) as elsewhere:
        document = await elsewhere.json()

    assert re.fullmatch(UUID, answer.headers["Request-Id"])
    assert (elsewhere.status, document["id"]) == (421, "bad_request")


async def test_an_unchanged_document_is_not_sent_again(api: Api) -> None:
    await api.app()
    first = await api.call("GET", "/apps/shop")
    condition = {"If-None-Match": first.headers["ETag"]}

    same = await api.call("GET", "/apps/shop", headers=condition)
    assert (same.status, same.body) == (304, None)

    await api.patch("/apps/shop", {"maintenance": True})
    assert (await api.call("GET", "/apps/shop", headers=condition)).status == 200


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("*", 304),
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"other", W/{tag}', 304),
        ('"a,b",{tag}', 304),
        ('"other"', 200),
        ('W/"other", "another"', 200),
        ('"*"', 200),
        ("", 200),
    ],
)
async def test_every_form_of_if_none_match_is_understood(api: Api, form: str, status: int) -> None:
    """Check every form of `If-None-Match`.

    https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
    """
    await api.app()
    tag = (await api.call("GET", "/apps/shop")).headers["ETag"]

    answer = await api.call("GET", "/apps/shop", headers={"If-None-Match": form.format(tag=tag)})

    assert (answer.status, answer.headers["ETag"]) == (status, tag)


async def test_a_list_comes_in_pages(api: Api) -> None:
    for name in ("aaa", "bbb", "ccc"):
        await api.app(name)

    first = await api.call("GET", "/apps", headers={"Range": "name ..; max=2"})
    assert (first.status, first.headers["Content-Range"]) == (206, "name aaa..bbb")
    assert first.headers["Accept-Ranges"] == "id, name, updated_at"
    second = await api.call("GET", "/apps", headers={"Range": first.headers["Next-Range"]})
    assert (second.status, [app["name"] for app in second.body]) == (200, ["ccc"])
    assert "Next-Range" not in second.headers


@pytest.mark.parametrize("order", ["", ",order=desc"])
async def test_pages_have_items_with_equal_keys_once(api: Api, order: str) -> None:
    names = [f"shop-{n}" for n in range(5)]
    for name in names:
        await api.app(name)
        await api.addon("heroku-postgresql:essential-0", name)

    following: str | None = f"name ..; max=2{order}"
    seen = []
    while following:
        answer = await api.call("GET", "/addon-attachments", headers={"Range": following})
        assert len(answer.body) <= 2
        seen += [(each["name"], each["app"]["name"]) for each in answer.body]
        following = answer.headers.get("Next-Range")

    assert sorted(seen) == [("DATABASE", name) for name in names]


async def test_a_list_is_sorted_only_by_allowed_fields(api: Api) -> None:
    answer = await api.call("GET", "/apps", headers={"Range": "email ..; max=10"})

    assert (answer.status, answer.body["id"]) == (416, "requested_range_not_satisfiable")
    assert answer.headers["Accept-Ranges"] == "id, name, updated_at"
    assert answer.body["message"] == (
        "Requested range order is not allowed, please try `id` or another specified in "
        "`Accept-Ranges`."
    )


async def test_an_internal_error_does_not_reveal_its_reason(
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
    known = {"time", "method", "path", "status", "ms", "request_id", "route", "client", "unknown"}
    assert lines[0].keys() == known
    for secret in ("secret-value", api.key, url.partition("key=")[2]):
        assert secret not in text


DRAIN = "https://user:drain-secret@logs.example/in-secret?token=query-secret"


@pytest.mark.parametrize(
    "path",
    [
        f"/apps/shop/log-drains/{quote(DRAIN, safe='')}",
        f"/apps/none/log-drains/{quote(DRAIN, safe='')}",
        f"/apps/shop/log-drains/{quote(quote(DRAIN, safe=''), safe='')}",
        f"/apps/shop/log-drains/{DRAIN.partition('?')[0]}",
        f"/no/such/path/{quote(DRAIN, safe='')}/config-vars",
        f"/_local/faults/{quote(DRAIN, safe='')}",
        f"/_page/{quote(DRAIN, safe='')}",
    ],
)
async def test_an_address_in_a_path_is_in_no_log_and_no_error(
    api: Api, settings: Settings, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    await api.app()
    await api.post("/apps/shop/log-drains", {"url": DRAIN})
    follower = api.heroku.platform.dashboard.feed.follow(0.01)

    answer = await api.call("DELETE", path)
    again = await api.call("DELETE", path)

    text = (settings.data / "requests.jsonl").read_text() + caplog.text
    text += json.dumps([await anext(follower) for _ in range(4)])
    assert again.status in (401, 404)
    text += json.dumps(again.body)
    assert answer.status < 500
    assert "secret" not in text
    line = json.loads((settings.data / "requests.jsonl").read_text().splitlines()[-1])
    assert line["path"].endswith("/[hidden]")


@pytest.mark.parametrize("key", ["of an authorization", "first"])
@pytest.mark.parametrize(
    ("call", "redacted"),
    [
        ("GET /oauth/tokens/{}", "/oauth/tokens/[hidden]"),
        ("DELETE /oauth/tokens/{}", "/oauth/tokens/[hidden]"),
        ("GET /oauth/authorizations/{}", "/oauth/authorizations/[hidden]"),
        ("GET /apps/{}/config-vars", "/apps/[hidden]/config-vars"),
        ("PUT /apps/{}/no-such-thing", "/apps/[hidden]/no-such-thing"),
        ("GET /_local/{}/faults", "/_local/[hidden]/faults"),
        ("GET /_page/{}", "/_page/[hidden]"),
        ("GET /streams/{}", "/streams/[hidden]"),
        ("GET /{}.git/info/refs", "/[hidden]/info/refs"),
        ("GET /_buildpacks/buildpacks/{}", "/_buildpacks/buildpacks/[hidden]"),
    ],
)
async def test_a_key_in_a_path_appears_nowhere(
    api: Api,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    key: str,
    call: str,
    redacted: str,
) -> None:
    other = await api.post("/oauth/authorizations", {"scope": ["global"]})
    secret = api.key if key == "first" else other["access_token"]["token"]
    method, _, path = call.partition(" ")

    text, line = await what_is_written(api, settings, method, path.format(secret))

    assert secret not in text + caplog.text
    assert secret.partition("-")[2] not in text + caplog.text
    assert redacted == line["path"].replace("].git", "]")


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize("path", ["/teams/invitations/{}", "/teams/invitations/{}/accept"])
async def test_an_invitations_token_in_a_path_appears_nowhere(
    api: Api, settings: Settings, method: str, path: str
) -> None:
    """Check also methods that the endpoint does not have."""
    secret = "7f3c1a52-0d1e-4b1c-9c0e-52a6a4b9b7a1"

    text, line = await what_is_written(api, settings, method, path.format(secret))

    assert secret not in text
    assert line["path"] == path.format("[hidden]")


async def what_is_written(
    api: Api, settings: Settings, method: str, path: str
) -> tuple[str, dict[str, str]]:
    """Return all texts about a call that fails, and its line of the log."""
    recorder, feed = api.heroku.platform.recorder, api.heroku.platform.dashboard.feed
    recorder.start()
    follower = feed.follow(0.01)
    before = (settings.data / "requests.jsonl").read_text()
    headers = {"Accept": ACCEPT, "Authorization": basic(f":{api.key}")}
    async with api.session.request(method, f"{api.url}{path}", headers=headers) as answer:
        output = await answer.text()
        assert 400 <= answer.status < 500
    await api.get("/account")
    log = (settings.data / "requests.jsonl").read_text().removeprefix(before)
    fed = [] if path.startswith("/_page") else [await anext(follower) for _ in range(2)]
    recording = (settings.data / "recording.jsonl").read_text()
    return json.dumps([output, fed]) + log + recording, json.loads(log.splitlines()[0])


async def test_the_request_log_names_unknown_fields(api: Api, settings: Settings) -> None:
    await api.refusal("POST", "/apps", {"name": "shop", "color": "secret-value", "size": 3})
    await api.app()
    source = {"url": "https://h.example/", "branch": "secret-value"}
    await api.refusal("POST", "/apps/shop/builds", {"source_blob": source})
    many = {f"{n:04}{'x' * 1000}": n for n in range(500)}
    await api.refusal("POST", "/apps", many)

    text = (settings.data / "requests.jsonl").read_text()
    *lines, last = [json.loads(line)["unknown"] for line in text.splitlines()]
    assert lines == [["color", "size"], [], ["branch"]]
    assert "secret-value" not in text
    assert len(json.dumps(last)) < 10_000


async def test_the_request_log_has_requests_for_another_host(api: Api, settings: Settings) -> None:
    """Check a request of a page that makes its own name resolve to this machine."""
    async with api.session.get(f"{api.url}/apps", headers={"Host": "evil.example"}) as refused:
        request_id = refused.headers["Request-Id"]

    line = json.loads((settings.data / "requests.jsonl").read_text())
    assert (refused.status, line["status"], line["path"]) == (421, 421, "/apps")
    assert (line["route"], line["request_id"]) == (None, request_id)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://shop.localhost"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/apps"),
        ("GET", "/apps"),
        ("OPTIONS", "/apps"),
        ("GET", "/shop.git/info/refs?service=git-upload-pack"),
        ("PUT", "/streams/source?key=x"),
    ],
)
async def test_a_page_of_another_origin_calls_nothing(
    api: Api, origin: str, method: str, path: str
) -> None:
    """Check requests with the key, as a browser adds a password that a user once entered."""
    before = (await api.get("/account/rate-limits"))["remaining"]

    answer = await api.call(method, path, {"name": "shop"}, {"Origin": origin})

    assert (answer.status, answer.body["id"]) == (403, "forbidden")
    assert origin in answer.body["message"]
    assert not [name for name in answer.headers if name.startswith("Access-Control-")]
    assert (await api.get("/account/rate-limits"))["remaining"] == before
    assert await api.get("/apps") == []


async def test_its_own_page_may_call(api: Api) -> None:
    for name, host in (("shop", "127.0.0.1"), ("blog", "localhost")):
        origin = api.url.replace("127.0.0.1", host)
        made = await api.call("POST", "/apps", {"name": name}, {"Origin": origin})
        assert made.status == 201


async def test_the_request_log_does_not_grow_without_limit(
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
