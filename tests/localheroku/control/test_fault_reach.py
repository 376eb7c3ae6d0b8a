"""Which calls a fault of one app affects, and where an unseen resource is not found."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.localheroku.client import ACCEPT, Api
from tests.localheroku.control.control_client import ControlClient


@pytest.fixture
async def shop(api: Api) -> dict[str, Any]:
    """Create an app with an add-on, in a pipeline, and another app without any of it."""
    await api.app("other")
    app = await api.app("shop")
    addon = await api.addon("papertrail:choklad", name="shop-log")
    (attachment,) = await api.get("/apps/shop/addon-attachments")
    pipeline = await api.post("/pipelines", {"name": "line"})
    new = {"app": app["id"], "pipeline": pipeline["id"], "stage": "staging"}
    coupling = await api.post("/pipeline-couplings", new)
    return {"app": app, "addon": addon, "attachment": attachment, "coupling": coupling}


async def test_faults_of_an_app_affect_calls_of_its_resources(
    api: Api, local: ControlClient, shop: dict[str, Any]
) -> None:
    await local.fault("error", app="shop")

    for path in (
        f"/addons/{shop['addon']['id']}",
        "/addons/shop-log",
        f"/addon-attachments/{shop['attachment']['id']}",
        f"/pipeline-couplings/{shop['coupling']['id']}",
    ):
        assert (await api.call("GET", path)).status == 500, path


async def test_faults_of_an_app_affect_calls_that_name_it_in_their_body(
    api: Api, local: ControlClient, shop: dict[str, Any]
) -> None:
    await local.fault("error", app=shop["app"]["id"])

    bodies: dict[str, list[dict[str, Any]]] = {
        "/addon-attachments": [
            {"app": "shop", "addon": "nothing"},
            {"app": "other", "addon": "shop-log"},
        ],
        "/pipeline-couplings": [{"app": {"name": "shop"}, "pipeline": "line", "stage": "test"}],
        "/actions/addons/resolve": [{"app": "shop", "addon": "nothing"}],
        "/pipeline-promotions": [
            {
                "pipeline": {"id": shop["coupling"]["pipeline"]["id"]},
                "source": {"app": {"id": shop["app"]["id"]}},
                "targets": [],
            },
            {
                "pipeline": {"id": shop["coupling"]["pipeline"]["id"]},
                "source": {"app": {"name": "other"}},
                "targets": [{"app": {"id": shop["app"]["id"]}}],
            },
        ],
    }
    for path, path_bodies in bodies.items():
        for body in path_bodies:
            assert (await api.call("POST", path, body)).status == 500, body


async def test_faults_of_an_app_do_not_affect_another_app(
    api: Api, local: ControlClient, shop: dict[str, Any]
) -> None:
    await api.addon("papertrail:choklad", "other", name="other-log")
    await local.fault("error", app="shop")

    await api.get("/addons/other-log")
    await api.get(f"/apps/other/addon-attachments/{shop['attachment']['name']}")
    await api.patch("/apps/other/config-vars", {"app": "shop"})
    await api.get("/apps")


async def test_an_invalid_body_is_still_rejected(api: Api, local: ControlClient) -> None:
    await local.fault("error", app="shop")
    headers = {"Authorization": f"Bearer {api.key}", "Accept": ACCEPT}

    for text, status in ((b"{", 400), (b"x" * (1 << 20) + b"y", 413)):
        async with api.session.post(
            f"{api.url}/apps", data=io.BytesIO(text), headers=headers
        ) as response:
            assert response.status == status


async def test_references_to_an_unseen_resource_are_not_found(
    api: Api, local: ControlClient
) -> None:
    pipeline = await api.post("/pipelines", {"name": "line"})
    await local.fault("unseen", route="POST /apps")
    app = await api.app()
    coupling = {"app": app["id"], "pipeline": pipeline["id"], "stage": "staging"}

    refusal = await api.refusal("POST", "/pipeline-couplings", coupling)
    assert refusal == (404, "not_found", "Couldn't find that app.")

    await api.post("/pipeline-couplings", coupling)


async def test_an_unseen_resource_is_in_no_list(api: Api, local: ControlClient) -> None:
    await api.app("other")
    await local.fault("unseen", route="POST /apps", options={"calls": 2})
    await api.app()

    for _ in range(2):
        answer = await api.call("GET", "/apps")
        assert [app["name"] for app in answer.body] == ["other"]
        assert "ETag" not in answer.headers

    assert [app["name"] for app in await api.get("/apps", Range="name ..")] == ["other", "shop"]


async def test_an_unseen_resource_is_not_found_by_nested_paths(
    api: Api, local: ControlClient
) -> None:
    await api.app()
    pipeline = await api.post("/pipelines", {"name": "line"})
    await local.fault("unseen", route="POST /pipeline-couplings")
    await api.post(
        "/pipeline-couplings", {"app": "shop", "pipeline": pipeline["id"], "stage": "staging"}
    )
    path = "/apps/shop/pipeline-couplings"

    assert (await api.refusal("GET", path))[:2] == (404, "not_found")

    await api.get(path)


async def test_another_resource_with_the_name_of_an_unseen_one_is_found(
    api: Api, local: ControlClient
) -> None:
    await api.app()
    await local.fault("unseen", route="POST /pipelines")
    await api.post("/pipelines", {"name": "shop"})

    await api.get("/apps/shop")
    await api.refusal("GET", "/pipelines/shop")


async def test_a_resource_without_an_id_cannot_be_unseen(api: Api, local: ControlClient) -> None:
    await local.fault("unseen")

    await api.post("/sources")


async def test_a_fault_of_a_git_route_is_taken(local: ControlClient) -> None:
    fault = await local.fault("error", route="post  /{app}.git/git-receive-pack")
    assert fault["route"] == "POST /{app}.git/git-receive-pack"
