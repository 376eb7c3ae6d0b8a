"""Webhooks: deliveries, signatures, retries and stored events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from aiohttp import ClientSession, web

from localheroku.api.domains.models import Domain
from localheroku.api.webhooks import models
from localheroku.api.webhooks.models import Delivery, Event, Webhook
from localheroku.app import LocalHeroku
from localheroku.core.record import Record
from localheroku.core.state import Settings
from localheroku.workflows import webhook_delivery, webhook_events
from tests.localheroku.api.test_sni_endpoints import made
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient
from tests.localheroku.dynos.slugs import until
from tests.localheroku.fake_backends import FakeBackends

R = TypeVar("R", bound=Record)

HOOKS = "/apps/shop/webhooks"
DELIVERIES = "/apps/shop/webhook-deliveries"


@dataclass
class Receiver:
    """A server that receives deliveries; it returns each of `statuses` in turn, then 204."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.headers.append(request.headers)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 204)

    @property
    def payloads(self) -> list[Any]:
        return [json.loads(body) for body in self.bodies]

    def names(self) -> list[str]:
        return [f"{payload['resource']} {payload['action']}" for payload in self.payloads]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/hooks", receiver.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/hooks"
    yield receiver
    await runner.cleanup()


def hook(receiver: Receiver, *include: str, **fields: object) -> dict[str, object]:
    return {"include": include, "level": "notify", "url": receiver.url, **fields}


async def test_a_release_is_delivered_with_a_signature(api: Api, receiver: Receiver) -> None:
    app = await api.app()
    wish = hook(receiver, "api:release", secret="s3cret", authorization="Bearer abc")
    answer = await api.call("POST", HOOKS, wish)
    assert (answer.status, answer.headers["Heroku-Webhook-Secret"]) == (201, "s3cret")
    made = answer.body

    await api.patch("/apps/shop/config-vars", {"A": "1"})
    await until(lambda: receiver.bodies != [])

    (payload,), (headers,) = receiver.payloads, receiver.headers
    (_, release) = await api.get("/apps/shop/releases")
    assert (payload["action"], payload["resource"]) == ("create", "release")
    assert payload["data"] == release
    assert payload["actor"]["email"] == "ops@acme.example"
    assert headers["Authorization"] == "Bearer abc"
    signed = webhook_delivery.signature("s3cret", receiver.bodies[0])
    assert headers["Heroku-Webhook-Hmac-SHA256"] == signed
    assert (made["app"], made["include"]) == (
        {"id": app["id"], "name": "shop"},
        ["api:release"],
    )
    (event,) = await api.get("/apps/shop/webhook-events")
    metadata = payload["webhook_metadata"]
    assert (metadata["event"]["id"], metadata["webhook"]["id"]) == (event["id"], made["id"])
    delivery = await settled(api)
    assert metadata["delivery"]["id"] == delivery["id"]
    assert metadata["attempt"]["id"] == delivery["last_attempt"]["id"]
    assert (delivery["status"], delivery["last_attempt"]["code"]) == ("succeeded", 204)
    assert await api.get(f"/apps/shop/webhook-events/{event['id']}") == event
    assert await api.get(f"{DELIVERIES}/{delivery['id']}") == delivery


def test_a_signature_is_the_one_that_openssl_makes() -> None:
    # printf body | openssl dgst -sha256 -hmac key -binary | base64
    assert (
        webhook_delivery.signature("key", b"body") == "UVquEztDXUAAlWcx9orlz164XU8NxqVG0r/NNZXsGuE="
    )


async def settled(api: Api) -> Any:
    """Return the newest delivery once it is no longer pending."""

    async def newest() -> Any:
        found = await api.get(DELIVERIES, Range="seq ..; max=1,order=desc")
        return found[0] if found and found[0]["status"] != "pending" else None

    for _ in range(1000):
        if delivery := await newest():
            return delivery
    raise AssertionError("still pending")


async def test_each_kind_of_event_is_delivered(api: Api, receiver: Receiver) -> None:
    await api.app()
    every = [
        *("api:addon", "api:addon-attachment", "api:app", "api:build", "api:collaborator"),
        *("api:domain", "api:formation", "api:release", "api:sni-endpoint", "dyno"),
    ]
    await api.post(HOOKS, hook(receiver, *every))

    await api.build("web: serve")
    await api.addon("papertrail:choklad", name="logs")
    await api.patch("/apps/shop/addons/logs", {"name": "papers"})
    await api.delete("/apps/shop/addons/papers")
    await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})
    await api.patch("/apps/shop/formation/web", {"quantity": 0})
    domain = await api.post(
        "/apps/shop/domains", {"hostname": "www.example.com", "sni_endpoint": None}
    )
    await api.delete(f"/apps/shop/domains/{domain['id']}")
    await api.post("/apps/shop/sni-endpoints", made("shop.example").body())
    await api.patch("/apps/shop", {"name": "store"})
    await api.delete("/apps/store")

    expected = {
        *("build create", "build update", "release create", "dyno create", "formation create"),
        *("addon create", "addon update", "addon destroy"),
        *("addon-attachment create", "addon-attachment destroy"),
        *("collaborator create", "formation update", "domain create", "domain destroy"),
        *("sni-endpoint create", "app update", "app destroy"),
    }
    await until(lambda: expected <= set(receiver.names()))
    (update,) = (
        payload
        for payload in receiver.payloads
        if (payload["resource"], payload["action"]) == ("addon", "update")
        and "name" in payload["previous_data"]
    )
    assert (update["data"]["name"], update["previous_data"]["name"]) == ("papers", "logs")
    assert "plan" not in update["previous_data"]


async def test_other_events_and_failed_requests_are_not_delivered(
    api: Api, receiver: Receiver
) -> None:
    await api.app()
    await api.app("other")
    await api.post(HOOKS, hook(receiver, "api:domain"))

    await api.patch("/apps/shop/config-vars", {"A": "1"})
    body = {"hostname": "www.example.com", "sni_endpoint": None}
    await api.post("/apps/other/domains", body)
    assert (await api.refusal("POST", "/apps/shop/domains", body))[0] == 422

    assert await api.get("/apps/shop/webhook-events") == []
    assert receiver.bodies == []


async def test_sync_repeats_until_it_succeeds_and_notify_does_not(
    api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_delivery, "FIRST_PAUSE_SECONDS", 0.01)
    await api.app()
    receiver.statuses = [500, 503]
    await api.post(HOOKS, hook(receiver, "api:release", level="sync"))
    await api.patch("/apps/shop/config-vars", {"A": "1"})
    await until(lambda: len(receiver.bodies) == 3)
    for _ in range(200):
        (delivery,) = await api.get(DELIVERIES)
        if delivery["status"] == "succeeded":
            break
    assert (delivery["num_attempts"], delivery["status"]) == (3, "succeeded")
    assert len({payload["webhook_metadata"]["attempt"]["id"] for payload in receiver.payloads}) == 3

    (made,) = await api.get(HOOKS)
    await api.patch(f"{HOOKS}/{made['id']}", {"level": "notify"})
    receiver.statuses = [500]
    await api.patch("/apps/shop/config-vars", {"A": "2"})
    failed = await settled(api)
    assert (failed["status"], failed["num_attempts"], failed["next_attempt_at"]) == (
        "failed",
        1,
        None,
    )
    assert [d["id"] for d in await api.get(f"{DELIVERIES}?eq[status]=failed")] == [failed["id"]]


async def test_an_unreachable_receiver_is_an_error_of_the_attempt(
    api: Api, receiver: Receiver
) -> None:
    await api.app()
    await api.post(HOOKS, hook(receiver, "api:release", url="http://127.0.0.1:1/hooks"))

    await api.patch("/apps/shop/config-vars", {"A": "1"})

    attempt = (await settled(api))["last_attempt"]
    assert (attempt["code"], attempt["error_class"]) == (None, "ConnectorError")


async def test_a_restart_goes_on_delivering(
    settings: Settings, backends: FakeBackends, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_delivery, "FIRST_PAUSE_SECONDS", 3600.0)
    receiver.statuses = [500]
    for run in (1, 2):
        async with LocalHeroku(settings, backends.create) as heroku, ClientSession() as session:
            key = (settings.data / "api-key").read_text().strip()
            api = Api(settings.url, key, session, heroku, backends)
            if run == 1:
                await api.app()
                await api.post(HOOKS, hook(receiver, "api:release", level="sync"))
                await api.patch("/apps/shop/config-vars", {"A": "1"})
                assert (await settled(api))["status"] == "retrying"
                await ControlClient(api).advance(3600)
            else:
                await until(lambda: len(receiver.bodies) == 2)
    first, second = receiver.payloads
    assert first["id"] == second["id"]


async def test_add_ons_and_pipelines_get_events_of_their_apps(api: Api, receiver: Receiver) -> None:
    app = await api.app()
    await api.addon("papertrail:choklad", name="logs")
    pipeline = await api.post("/pipelines", {"name": "shops"})
    coupling = {"app": app["id"], "pipeline": pipeline["id"], "stage": "production"}
    await api.post("/pipeline-couplings", coupling)
    owners = ("/addons/logs", f"/pipelines/{pipeline['id']}")
    for owner in owners:
        await api.post(f"{owner}/webhooks", hook(receiver, "api:release"))

    await api.patch("/apps/shop/config-vars", {"A": "1"})
    await until(lambda: len(receiver.bodies) == 2)

    for owner in owners:
        (made,) = await api.get(f"{owner}/webhooks")
        (event,) = await api.get(f"{owner}/webhook-events")
        (delivery,) = await api.get(f"{owner}/webhook-deliveries")
        assert (delivery["event"]["id"], delivery["webhook"]["id"]) == (event["id"], made["id"])
        path = f"{owner}/webhooks/{made['id']}"
        await api.patch(path, {"include": ["dyno"]})
        assert (await api.get(path))["include"] == ["dyno"]
        await api.get(f"{owner}/webhook-events/{event['id']}")
        await api.get(f"{owner}/webhook-deliveries/{delivery['id']}")
        await api.delete(path)
        assert await api.get(f"{owner}/webhooks") == []


async def test_a_webhook_is_changed_and_removed(api: Api, receiver: Receiver) -> None:
    await api.app()
    answer = await api.call("POST", HOOKS, hook(receiver, "api:release"))
    made, generated = answer.body, answer.headers["Heroku-Webhook-Secret"]
    path = f"{HOOKS}/{made['id']}"

    changed = await api.call("PATCH", path, {"include": ["dyno", "api:app"], "secret": None})

    assert changed.headers["Heroku-Webhook-Secret"] not in ("", generated)
    assert (await api.get(path))["include"] == ["dyno", "api:app"]
    await api.delete(path)
    assert await api.get(HOOKS) == []
    assert await api.refusal("GET", path) == (404, "not_found", "Couldn't find that webhook.")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"include": []}, "api:addon-attachment"),
        ({"include": ["api:nothing"]}, "api:addon-attachment"),
        ({"level": "loud"}, "notify or sync"),
        ({"url": "ftp://host"}, "https://"),
        ({"url": "https://["}, "https://"),
        ({"secret": "a\r\nSet-Cookie: b"}, "Param secret is sent as a header"),
        ({"authorization": "caf\xe9"}, "Param authorization is sent as a header"),
        ({"url": "https://host:99999"}, "https://"),
        ({"include": None}, "a list of strings"),
    ],
)
async def test_invalid_webhooks_are_refused(
    api: Api, receiver: Receiver, wrong: dict[str, object], words: str
) -> None:
    await api.app()

    refusal = await api.refusal("POST", HOOKS, {**hook(receiver, "dyno"), **wrong})

    assert refusal[:2] == (422, "invalid_params")
    assert words in refusal[2]


async def test_an_app_has_ten_webhooks_at_most(api: Api, receiver: Receiver) -> None:
    await api.app()
    for _ in range(10):
        await api.post(HOOKS, hook(receiver, "api:release"))

    assert (await api.refusal("POST", HOOKS, hook(receiver, "api:release")))[0] == 422


async def test_unknown_events_and_deliveries_are_not_found(api: Api) -> None:
    await api.app()
    other = "11111111-1111-4111-8111-111111111111"

    for path, name in (
        (f"{DELIVERIES}/{other}", "webhook delivery"),
        (f"/apps/shop/webhook-events/{other}", "webhook event"),
    ):
        assert await api.refusal("GET", path) == (404, "not_found", f"Couldn't find that {name}.")


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_change_succeeds_even_if_its_event_cannot_be_stored(
    api: Api,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    when: str,
) -> None:
    await api.app()
    await api.post(HOOKS, hook(receiver, "api:domain", "api:release"))
    domain = await api.post(
        "/apps/shop/domains", {"hostname": "www.example.com", "sni_endpoint": None}
    )
    monkeypatch.setitem(webhook_events.ENTITIES, Domain, webhook_events.Entity("api:domain", _fail))

    if when == "before":
        await api.delete(f"/apps/shop/domains/{domain['id']}")
        assert len(await api.get("/apps/shop/domains")) == 1
    else:
        await api.post("/apps/shop/domains", {"hostname": "eu.example.com", "sni_endpoint": None})
        assert len(await api.get("/apps/shop/domains")) == 3
    assert "webhooks of Domain" in caplog.text


def _fail(*_: object) -> dict[str, object]:
    raise KeyError("unknown")


async def test_old_events_and_deliveries_are_removed(
    api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "MAX_EVENTS", 3)
    monkeypatch.setattr(webhook_delivery, "FIRST_PAUSE_SECONDS", 0.01)
    await api.app()
    for level in models.LEVELS:
        await api.post(HOOKS, hook(receiver, "api:release", level=level))
    receiver.statuses = [500] * 15

    for number in range(10):
        await api.patch("/apps/shop/config-vars", {"N": str(number)})
    await until(lambda: all(d.status in models.FINISHED for d in stored(api, Delivery)))

    assert (len(stored(api, Event)), len(stored(api, Delivery))) == (3, 3)


@pytest.mark.long
async def test_a_change_costs_the_same_whatever_was_delivered_before(
    api: Api, receiver: Receiver
) -> None:
    await api.app()
    made = await api.post(HOOKS, hook(receiver, "api:release"))
    (webhook,) = stored(api, Webhook)
    costs = []
    for number in (models.MAX_EVENTS + 100, 15_000):
        with api.heroku.platform.store.transaction():
            for _ in range(number):
                remember(api, webhook)
        costs.append(await cost(api, {"N": str(number)}))

    assert made["id"] == webhook.id
    # The background work counts, too; without a limit the cost would be 50 times higher.
    assert costs[1] < 5 * costs[0]


def stored(api: Api, kind: type[R]) -> list[R]:
    return api.heroku.platform.store.every(kind)


def remember(api: Api, webhook: Webhook) -> None:
    """Store an event with a pending delivery."""
    platform = api.heroku.platform
    include = "api:release"
    event = Event(**platform.stamp(), parent=webhook.parent, include=include, payload={})
    platform.store.put(event)
    platform.store.put(
        Delivery(
            **platform.stamp(),
            parent=webhook.parent,
            include=include,
            webhook_id=webhook.id,
            event_id=event.id,
            level="sync",
            status="retrying",
        )
    )


async def cost(api: Api, variables: dict[str, str]) -> int:
    """Return the thousands of database steps that a change of config vars takes."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    database = api.heroku.platform.store._database  # noqa: SLF001
    database.set_progress_handler(count, 1000)
    await api.patch("/apps/shop/config-vars", variables)
    database.set_progress_handler(None, 0)
    return steps
