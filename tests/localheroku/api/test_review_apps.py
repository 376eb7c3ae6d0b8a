"""Review apps and their configuration."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from localheroku.api.pipelines.review_apps import models
from tests.localheroku.api.test_app_setups import packed
from tests.localheroku.client import Api

ENABLE = {"repo": "acme/shop", "base_name": "shop"}


async def enabled(api: Api, **fields: object) -> Any:
    """Create a pipeline with review apps enabled."""
    pipeline = await api.post("/pipelines", {"name": "acme"})
    path = f"/pipelines/{pipeline['id']}/review-app-config"
    await api.post(path, {**ENABLE, **fields})
    return pipeline


async def review(api: Api, procfile: str | None = "web: serve", **fields: object) -> Any:
    """Create a review app of the branch `login`."""
    pipeline = await api.get("/pipelines/acme")
    source = {"url": await api.upload(procfile), "version": "1f2e3d"}
    return await api.post(
        "/review-apps",
        {"branch": "login", "pipeline": pipeline["id"], "source_blob": source, **fields},
    )


async def reaches(api: Api, review_app: Any, status: str) -> Any:
    """Return the review app once it has a status."""
    for _ in range(1000):
        details = await api.get(f"/review-apps/{review_app['id']}")
        if details["status"] == status:
            return details
        await asyncio.sleep(0.01)
    raise AssertionError(details)


async def test_review_apps_are_configured(api: Api) -> None:
    pipeline = await api.post("/pipelines", {"name": "acme"})
    path = f"/pipelines/{pipeline['id']}/review-app-config"
    assert (await api.refusal("GET", path))[:2] == (404, "not_found")

    target = {"id": "eu", "type": "region"}
    made = await api.post(path, {**ENABLE, "deploy_target": target, "wait_for_ci": True})

    region = await api.get("/regions/eu")
    assert made["deploy_target"] == {"id": region["id"], "type": "region"}
    assert (made["wait_for_ci"], made["automatic_review_apps"]) == (True, False)
    assert (made["pipeline_id"], made["stale_days"]) == (pipeline["id"], 5)
    assert await api.get(path) == made
    changed = await api.patch(path, {"stale_days": 9, "base_name": None, "deploy_target": None})
    assert (changed["stale_days"], changed["base_name"]) == (9, None)
    assert (changed["repo"], changed["deploy_target"]) == (made["repo"], None)
    assert (await api.refusal("POST", path, ENABLE))[:2] == (409, "conflict")
    assert await api.delete(path) == changed
    assert (await api.refusal("GET", path))[0] == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"repo": "shop"},
        {"stale_days": 31},
        {"deploy_target": {"id": "moon", "type": "region"}},
        {"deploy_target": {"id": "eu", "type": "planet"}},
        {"deploy_target": {"id": "eu"}},
    ],
)
async def test_an_invalid_configuration_is_refused(api: Api, fields: dict[str, object]) -> None:
    await api.post("/pipelines", {"name": "acme"})

    refused = await api.refusal("POST", "/pipelines/acme/review-app-config", {**ENABLE, **fields})

    assert refused[:2] == (422, "invalid_params")


async def test_a_branch_becomes_an_app_of_the_pipeline(api: Api) -> None:
    await enabled(api, deploy_target={"id": "eu", "type": "region"})
    await api.patch("/pipelines/acme/stage/review/config-vars", {"A": "1", "B": "1"})
    api.heroku.platform.provisioning.set("review-app", 0.1)
    api.backends.builder.gate.clear()

    made = await review(api, pr_number=12, environment={"B": "2"})

    assert (made["status"], made["app"], made["branch"]) == ("pending", None, "login")
    creating = await reaches(api, made, "creating")
    app = await api.get(f"/apps/{creating['app']['id']}")
    assert (app["name"], app["region"]["name"]) == ("shop-pr-12", "eu")
    assert (await api.get("/apps/shop-pr-12/pipeline-couplings"))["stage"] == "review"
    api.backends.builder.gate.set()
    created = await reaches(api, made, "created")
    assert created["message"] is None
    assert await api.get("/apps/shop-pr-12/config-vars") == {
        "A": "1",
        "B": "2",
        "HEROKU_APP_NAME": "shop-pr-12",
        "HEROKU_BRANCH": "login",
        "HEROKU_PR_NUMBER": "12",
    }
    assert await api.get("/apps/shop-pr-12/review-app") == created
    assert await api.get("/pipelines/acme/review-apps") == [created]
    assert api.backends.dynos.running[app["id"]].formation["web"].command == "serve"


async def test_a_review_app_follows_its_app_json(api: Api) -> None:
    await enabled(api)
    await api.patch("/pipelines/acme/stage/review/config-vars", {"A": "of the pipeline"})
    manifest = {
        "env": {"A": "1", "B": "1"},
        "environments": {"review": {"env": {"B": "2", "C": {"generator": "secret"}}}},
        "addons": ["papertrail:choklad"],
        "scripts": {"postdeploy": "seed"},
    }
    urls = (await api.post("/sources"))["source_blob"]
    async with api.session.put(urls["put_url"], data=packed(manifest)) as response:
        assert response.status == 200
    body = {"branch": "login", "pipeline": "acme", "source_blob": {"url": urls["get_url"]}}

    created = await reaches(api, await api.post("/review-apps", body), "created")

    setup = await api.get(f"/app-setups/{created['app_setup']['id']}")
    assert (setup["app"]["id"], setup["status"]) == (created["app"]["id"], "succeeded")
    assert api.backends.dynos.ran == [("postdeploy.1", "seed")]
    config = await api.get(f"/apps/{created['app']['id']}/config-vars")
    assert (config["A"], config["B"], len(config["C"])) == ("of the pipeline", "2", 64)
    assert "PAPERTRAIL_API_TOKEN" in config


async def test_an_unreadable_app_json_is_reported(api: Api) -> None:
    await enabled(api)
    urls = (await api.post("/sources"))["source_blob"]
    async with api.session.put(urls["put_url"], data=packed({"environments": []})) as response:
        assert response.status == 200
    body = {"branch": "login", "pipeline": "acme", "source_blob": {"url": urls["get_url"]}}

    errored = await reaches(api, await api.post("/review-apps", body), "errored")

    assert errored["message"] == "invalid app.json"


async def test_a_team_s_pipeline_has_the_team_s_review_apps(api: Api) -> None:
    team = await api.get("/teams/acme")
    owner = {"id": team["id"], "type": "team"}
    await api.post("/pipelines", {"name": "acme", "owner": owner})
    await api.post("/pipelines/acme/review-app-config", {"repo": "acme/shop"})

    created = await reaches(api, await review(api), "created")

    app = await api.get(f"/apps/{created['app']['id']}")
    assert app["team"]["name"] == "acme"
    assert app["name"].startswith("acme-login-")


async def test_a_branch_has_one_review_app(api: Api) -> None:
    await enabled(api)
    first = await reaches(api, await review(api), "created")
    body = {"branch": "login", "pipeline": "acme", "source_blob": {"url": "http://127.0.0.1"}}

    assert await api.refusal("POST", "/review-apps", body) == (
        409,
        "conflict",
        "A review app already exists for the login branch",
    )
    await api.delete(f"/review-apps/{first['id']}")
    await reaches(api, first, "deleted")
    assert (await review(api))["status"] == "pending"


async def test_a_deleted_review_app_leaves_no_app(api: Api) -> None:
    await enabled(api)
    created = await reaches(api, await review(api), "created")

    leaving = await api.delete(f"/review-apps/{created['id']}")

    assert leaving["status"] == "deleting"
    assert (await reaches(api, created, "deleted"))["app"] is None
    assert await api.get("/apps") == await api.get("/pipelines/acme/review-apps") == []


@pytest.mark.parametrize("path", ["/review-apps/{id}", "/pipelines/acme"])
async def test_a_review_app_deleted_before_its_creation_leaves_no_app(api: Api, path: str) -> None:
    await enabled(api)
    platform = api.heroku.platform
    platform.provisioning.set("review-app", 3600)
    made = await review(api)

    await api.delete(path.format(**made))
    platform.clock.move(platform.clock.ahead + timedelta(hours=1))
    await asyncio.sleep(0.1)

    assert await api.get("/apps") == []


async def test_a_review_app_deleted_during_its_build_stays_deleted(api: Api) -> None:
    await enabled(api)
    api.backends.builder.gate.clear()
    made = await review(api)
    await reaches(api, made, "creating")

    await api.delete(f"/review-apps/{made['id']}")

    await reaches(api, made, "deleted")
    await asyncio.sleep(0.1)
    assert (await api.get(f"/review-apps/{made['id']}"))["status"] == "deleted"
    assert await api.get("/apps") == []


async def test_a_review_app_goes_with_its_app(api: Api) -> None:
    await enabled(api)
    created = await reaches(api, await review(api), "created")

    await api.delete(f"/apps/{created['app']['id']}")

    assert (await api.get(f"/review-apps/{created['id']}"))["status"] == "deleted"
    assert await api.get("/pipelines/acme/review-apps") == []


async def test_errors_that_prevent_a_review_app_are_reported(api: Api) -> None:
    await enabled(api)
    await api.app("shop-pr-1")

    taken = await reaches(api, await review(api, pr_number=1), "errored")
    broken = await reaches(api, await review(api, None, branch="broken"), "errored")

    assert taken["message"] == "Name is already taken"
    assert broken["message"] == "The build failed: see its output."


async def test_an_interrupted_review_app_is_reported(api: Api) -> None:
    await enabled(api)
    api.heroku.platform.provisioning.set("review-app", 60)
    made = await review(api)

    api.heroku.platform.review_apps.end_interrupted()

    assert (await reaches(api, made, "errored"))["message"] == models.INTERRUPTED


async def test_an_interrupted_deletion_goes_on(api: Api) -> None:
    await enabled(api)
    created = await reaches(api, await review(api), "created")
    platform = api.heroku.platform
    platform.change(models.find(platform, created["id"]), status="deleting")

    platform.review_apps.end_interrupted()

    await reaches(api, created, "deleted")
    assert await api.get("/apps") == []


async def test_review_apps_need_a_configuration(api: Api) -> None:
    await api.post("/pipelines", {"name": "acme"})
    body: dict[str, Any] = {"branch": "login", "pipeline": "acme", "source_blob": {"url": "x"}}

    assert (await api.refusal("POST", "/review-apps", body))[0] == 422
    await api.post("/pipelines/acme/review-app-config", ENABLE)
    mistaken = {**body, "environment": {"A": 1}}
    assert (await api.refusal("POST", "/review-apps", mistaken))[0] == 422
    assert (await api.refusal("GET", "/review-apps/none"))[0] == 404
    await api.app()
    assert (await api.refusal("GET", "/apps/shop/review-app"))[0] == 404
