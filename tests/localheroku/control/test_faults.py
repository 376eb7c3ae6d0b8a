"""Every fault, as a plain HTTP client sees it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientPayloadError

from localheroku.api import endpoints
from localheroku.api.apps.collaborators.errors import CollaboratorNotFoundError
from localheroku.control.faults import naming
from localheroku.control.faults.kinds import KINDS
from localheroku.control.faults.unseen import ERRORS
from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient, running


async def test_an_error_is_answered_and_nothing_is_done(api: Api, local: ControlClient) -> None:
    await local.fault("error", options={"status": 503, "id": "maintenance", "message": "Later."})

    assert await api.refusal("POST", "/apps", {"name": "shop"}) == (503, "maintenance", "Later.")

    await local.clear()
    assert await api.get("/apps") == []


async def test_an_error_without_options_is_herokus_own(api: Api, local: ControlClient) -> None:
    await local.fault("error")
    status, code, _ = await api.refusal("GET", "/apps")
    assert (status, code) == (500, "internal_server_error")


async def test_latency_delays_the_call(api: Api, local: ControlClient) -> None:
    await local.fault("latency", path="/apps", options={"seconds": 0.3})

    began = time.monotonic()
    await api.get("/apps")
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(("kind", "names"), [("reset-before", []), ("reset-after", ["shop"])])
async def test_a_connection_is_reset_before_or_after_the_change(
    api: Api, local: ControlClient, kind: str, names: list[str]
) -> None:
    await local.fault(kind, method="POST")

    with pytest.raises(ClientConnectionError):
        await api.post("/apps", {"name": "shop"})

    assert [app["name"] for app in await api.get("/apps")] == names


@pytest.mark.parametrize("options", [{}, {"bytes": 10}, {"bytes": 0}])
async def test_a_body_breaks_off(api: Api, local: ControlClient, options: dict[str, int]) -> None:
    await local.fault("truncate", count=1, options=options)

    with pytest.raises(ClientPayloadError):
        await api.post("/apps", {"name": "shop"})

    assert [app["name"] for app in await api.get("/apps")] == ["shop"]


async def test_a_fault_can_answer_with_the_rate_limit(api: Api, local: ControlClient) -> None:
    await local.fault("rate-limit", call=2, count=1)

    await api.get("/apps")
    answer = await api.call("GET", "/apps")
    assert (answer.status, answer.body["id"]) == (429, "rate_limit")
    assert answer.headers["RateLimit-Remaining"] == "0"
    await api.get("/apps")


async def test_a_stuck_add_on_continues_when_the_fault_is_cleared(
    api: Api, local: ControlClient
) -> None:
    await api.app()
    fault = await local.fault("stuck", route="post /apps/{app}/addons")

    addon = await api.addon("heroku-postgresql:essential-0")
    assert (addon["state"], addon["config_vars"]) == ("provisioning", ["DATABASE_URL"])
    await local.advance(3600)
    assert (await api.get(f"/addons/{addon['id']}"))["state"] == "provisioning"
    assert await api.get("/apps/shop/config-vars") == {}

    await local.delete(f"/faults/{fault['id']}")
    assert (await local.settled_addon(addon["id"]))["state"] == "provisioned"
    assert list(await api.get("/apps/shop/config-vars")) == ["DATABASE_URL"]


async def test_a_stuck_build_continues_when_the_fault_is_cleared(
    api: Api, local: ControlClient
) -> None:
    await api.app()
    url = await api.upload("web: serve")
    await local.fault("stuck", app="shop")

    build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
    path = f"/apps/shop/builds/{build['id']}"
    await local.advance(3600)
    assert (await api.get(path))["status"] == "pending"

    await local.clear()
    assert (await api.settled(path))["status"] == "succeeded"


async def test_an_add_on_that_fails_is_deprovisioned(api: Api, local: ControlClient) -> None:
    await api.app()
    await local.fault("failed")

    addon = await api.addon("heroku-postgresql:essential-0", name="shop-db")
    assert addon["state"] == "provisioning"
    assert (await local.settled_addon(addon["id"]))["state"] == "deprovisioned"

    await local.clear()
    assert await api.get("/apps/shop/addons") == []
    assert await api.get("/apps/shop/addon-attachments") == []
    assert api.backends.postgres.present == {}
    assert (await api.addon("heroku-postgresql:essential-0", name="shop-db"))["name"] == "shop-db"


async def test_an_add_on_that_failed_is_forgotten_in_time(api: Api, local: ControlClient) -> None:
    await api.app()
    await local.fault("failed", count=1)
    addon = await api.addon("heroku-postgresql:essential-0")
    await local.settled_addon(addon["id"])

    await local.advance(3600)

    status, code, _ = await api.refusal("GET", f"/addons/{addon['id']}")
    assert (status, code) == (404, "not_found")


async def test_a_build_fails(api: Api, local: ControlClient) -> None:
    await api.app()
    await local.fault("failed", route="POST /apps/{app}/builds")

    build = await api.build("web: serve")

    assert build["status"] == "failed"
    assert "made this build fail" in await api.text(build["output_stream_url"])


async def test_an_unseen_resource_is_not_found_for_some_calls(
    api: Api, local: ControlClient
) -> None:
    await local.fault("unseen", route="POST /apps", options={"calls": 2})
    app = await api.app()

    for path in ("/apps/shop", f"/apps/{app['id']}/config-vars"):
        assert await api.refusal("GET", path) == (404, "not_found", "Couldn't find that app.")

    assert (await api.get("/apps/shop"))["id"] == app["id"]


async def test_an_unseen_thing_has_the_error_of_its_resource(
    api: Api, local: ControlClient
) -> None:
    await api.app()
    await local.fault("unseen", route="POST /apps/{app}/collaborators")
    await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})

    refusal = await api.refusal("GET", "/apps/shop/collaborators/dev@acme.example")

    assert refusal == (404, "not_found", str(CollaboratorNotFoundError()))


def test_everything_that_a_call_creates_has_its_own_error_while_it_is_unseen() -> None:
    created = {naming.created_kind(endpoint) for endpoint in endpoints() if endpoint.status == 201}

    assert created - {None} == ERRORS.keys()


async def test_an_unseen_resource_is_not_found_for_some_time(
    api: Api, local: ControlClient
) -> None:
    await local.fault("unseen", method="POST", options={"seconds": 60})
    await api.app()

    for _ in range(3):
        await api.refusal("GET", "/apps/shop")
    await local.advance(61)

    await api.get("/apps/shop")


async def test_a_fault_affects_only_matching_calls(api: Api, local: ControlClient) -> None:
    shop = await api.app("shop")
    await api.app("other")
    fits: list[dict[str, Any]] = [
        {"app": "shop"},
        {"app": shop["id"]},
        {"path": "/apps/shop*"},
        {"path": f"/apps/shop/{'config'}-*"},
        {"method": "GET,PATCH", "app": "shop"},
        {"client": "Python", "app": "shop"},
    ]
    for fit in fits:
        await local.fault("error", **fit)
        await api.refusal("GET", "/apps/shop/config-vars")
        await api.get("/apps/other/config-vars")
        await local.clear()
    for fit in ({"client": "heroku-go"}, {"method": "POST"}, {"route": "GET /apps"}):
        await local.fault("error", **fit)
        await api.get("/apps/shop/config-vars")
        await local.clear()


async def test_a_fault_counts_the_calls_it_has_seen(api: Api, local: ControlClient) -> None:
    fault = await local.fault("error", call=2, count=2, method="GET")

    statuses = [(await api.call("GET", "/apps")).status for _ in range(5)]

    assert statuses == [200, 500, 500, 200, 200]
    found = await local.get(f"/faults/{fault['id']}")
    assert (found["seen"], found["struck"]) == (5, 2)


async def test_chance_repeats_itself_for_the_same_seed(api: Api, local: ControlClient) -> None:
    async def statuses(seed: int) -> list[int]:
        await local.fault("error", probability=0.5, seed=seed)
        found = [(await api.call("GET", "/apps")).status for _ in range(20)]
        await local.clear()
        return found

    first = await statuses(1)
    assert set(first) == {200, 500}
    assert await statuses(1) == first
    assert await statuses(2) != first


async def test_several_faults_affect_one_call(api: Api, local: ControlClient) -> None:
    await local.fault("latency", options={"seconds": 0.2})
    await local.fault("reset-after", method="POST")

    began = time.monotonic()
    with pytest.raises(ClientConnectionError):
        await api.post("/apps", {"name": "shop"})
    assert time.monotonic() - began >= 0.2


async def test_faults_survive_a_restart(settings: Settings) -> None:
    async with running(settings) as local:
        await local.fault("error", call=2)
        await local.api.get("/apps")

    async with running(settings) as local:
        assert (await local.api.call("GET", "/apps")).status == 500


async def test_the_error_of_an_invalid_fault_says_why(local: ControlClient) -> None:
    refused = {
        'Unknown fault "explode"': {"kind": "explode"},
        "Unknown params: seconds": {"kind": "error", "options": {"seconds": 1}},
        "Param status must be": {"kind": "error", "options": {"status": 200}},
        "no endpoint": {"kind": "error", "route": "GET /nothing"},
        "Param probability must be": {"kind": "error", "probability": 2},
        "Param method must be": {"kind": "error", "method": "FETCH"},
        "Require params: kind": {"method": "GET"},
    }
    for message, body in refused.items():
        status, actual = await local.refusal("POST", "/faults", body)
        assert status == 422
        assert message in actual
    assert await local.get("/faults") == []


async def test_all_kinds_are_listed(local: ControlClient) -> None:
    listed = await local.get("/fault-kinds")
    assert [kind["kind"] for kind in listed] == list(KINDS)
    assert listed[1]["options"] == {"seconds": "a number of seconds, 0 to 86400"}
