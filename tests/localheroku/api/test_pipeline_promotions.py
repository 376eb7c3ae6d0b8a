"""Promotions of a slug from one app of a pipeline to others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from localheroku.api.pipelines.promotions import models
from tests.localheroku.client import Api
from tests.localheroku.dynos.slugs import until


async def pipeline(api: Api, **stages: str) -> Any:
    """Create a pipeline with apps in stages."""
    made = await api.post("/pipelines", {"name": "acme"})
    for app, stage in stages.items():
        await api.app(app)
        await api.post("/pipeline-couplings", {"app": app, "pipeline": made["id"], "stage": stage})
    return made


async def promote(api: Api, source: str, *targets: str) -> Any:
    body = await promotion_of(api, source, *targets)
    return await api.post("/pipeline-promotions", body)


async def promotion_of(api: Api, source: str, *targets: str) -> dict[str, Any]:
    ids = [(await api.get(f"/apps/{app}"))["id"] for app in (source, *targets)]
    return {
        "pipeline": {"id": (await api.get("/pipelines/acme"))["id"]},
        "source": {"app": {"id": ids[0]}},
        "targets": [{"app": {"id": target}} for target in ids[1:]],
    }


async def completed(api: Api, promotion: Any) -> Any:
    """Return the promotion's targets by app name, once the promotion is completed."""
    path = f"/pipeline-promotions/{promotion['id']}"
    assert (await api.settled(path))["status"] == "completed"
    targets = await api.get(f"{path}/promotion-targets")
    names = {app["id"]: app["name"] for app in await api.get("/apps")}
    return {names.get(target["app"]["id"]): target for target in targets}


async def test_the_slug_that_runs_in_staging_runs_in_production(api: Api) -> None:
    made = await pipeline(api, staging="staging", shop="production", shadow="production")
    build = await api.build("web: serve", app="staging")

    promotion = await promote(api, "staging", "shop", "shadow")

    assert promotion["pipeline"] == {"id": made["id"]}
    assert promotion["source"]["release"] == build["release"]
    targets = await completed(api, promotion)
    assert targets.keys() == {"shop", "shadow"}
    for app, target in targets.items():
        assert (target["status"], target["error_message"]) == ("succeeded", None)
        release = await api.get(f"/apps/{app}/releases/{target['release']['id']}")
        assert (release["slug"], release["current"]) == (build["slug"], True)
        assert release["description"] == "Promote staging v2 1f2e3d4c"
    await until(lambda: len(api.backends.dynos.running) == 3)
    for runtime in api.backends.dynos.running.values():
        assert runtime.formation["web"].command == "serve"


async def test_a_release_command_runs_in_the_target_and_can_fail_the_promotion(api: Api) -> None:
    await pipeline(api, staging="staging", shop="production")
    await api.patch("/apps/staging/config-vars", {"A": "staging"})
    await api.patch("/apps/shop/config-vars", {"A": "production"})
    await api.build("release: migrate\nweb: serve", app="staging")
    api.backends.dynos.gate.clear()

    promotion = await promote(api, "staging", "shop")
    await until(lambda: len(api.backends.dynos.ran) == 2)

    path = f"/pipeline-promotions/{promotion['id']}"
    (target,) = await api.get(f"{path}/promotion-targets")
    assert target["status"] == (await api.get(path))["status"] == "pending"
    release = await api.get(f"/apps/shop/releases/{target['release']['id']}")
    assert api.backends.dynos.last_runtime
    assert api.backends.dynos.last_runtime.env["A"] == "production"
    api.backends.dynos.gate.set()
    assert (await completed(api, promotion))["shop"]["status"] == "succeeded"
    assert await api.text(release["output_stream_url"]) == "running migrate\n"


async def test_a_failed_release_command_fails_the_target(api: Api) -> None:
    await pipeline(api, staging="staging", shop="production")
    build = await api.build("release: check\nweb: serve", app="staging")
    api.backends.dynos.failing = "shop"

    promotion = await promote(api, "staging", "shop")

    target = (await completed(api, promotion))["shop"]
    assert target["status"] == "failed"
    assert target["error_message"] == "The release command failed. See its output."
    release = await api.get(f"/apps/shop/releases/{target['release']['id']}")
    assert (release["slug"], release["status"]) == (build["slug"], "failed")


async def test_a_slug_stays_while_an_app_has_released_it(api: Api) -> None:
    await pipeline(api, staging="staging", shop="production")
    old = (await api.build("web: old", app="staging"))["slug"]["id"]
    slug = (await api.build("web: serve", app="staging"))["slug"]["id"]
    await completed(api, await promote(api, "staging", "shop"))

    await api.delete("/apps/staging")

    assert api.backends.builder.removed == [old]
    assert (await api.get(f"/apps/shop/slugs/{slug}"))["process_types"] == {"web": "serve"}
    assert (await api.post("/apps/shop/releases", {"slug": slug}))["slug"] == {"id": slug}
    await api.delete("/apps/shop")
    assert api.backends.builder.removed == [old, slug]


async def test_an_app_releases_another_app_s_slug(api: Api) -> None:
    """Check that an app can release the slug of another app.

    https://devcenter.heroku.com/articles/platform-api-copying-slugs
    """
    await api.app("staging")
    await api.app()
    slug = (await api.build("web: serve", app="staging"))["slug"]["id"]
    assert (await api.refusal("GET", f"/apps/shop/slugs/{slug}"))[0] == 404

    release = await api.post("/apps/shop/releases", {"slug": slug})

    assert (release["slug"], release["current"]) == ({"id": slug}, True)
    assert (await api.get(f"/apps/shop/slugs/{slug}"))["id"] == slug


async def test_a_target_that_is_gone_fails_alone(api: Api) -> None:
    await pipeline(api, staging="staging", shop="production", shadow="production")
    await api.build("web: serve", app="staging")
    platform = api.heroku.platform
    platform.provisioning.set("promotion", 3600)

    promotion = await promote(api, "staging", "shop", "shadow")
    await api.delete("/apps/shop")
    platform.clock.move(platform.clock.ahead + timedelta(hours=1))

    targets = await completed(api, promotion)
    assert (targets[None]["status"], targets[None]["release"]) == ("failed", None)
    assert targets[None]["error_message"] == "Couldn't find that app."
    assert targets["shadow"]["status"] == "succeeded"


async def test_an_interrupted_promotion_has_failed(api: Api) -> None:
    await pipeline(api, staging="staging", shop="production")
    await api.build("web: serve", app="staging")
    api.heroku.platform.provisioning.set("promotion", 60)
    promotion = await promote(api, "staging", "shop")

    models.fail_interrupted(api.heroku.platform)

    target = (await completed(api, promotion))["shop"]
    assert (target["status"], target["error_message"]) == ("failed", models.INTERRUPTED)


@pytest.mark.parametrize(
    ("source", "targets", "expected"),
    [
        ("staging", [], "A promotion needs at least one target app."),
        ("staging", ["other"], "App other is not in pipeline acme."),
        ("other", ["shop"], "App other is not in pipeline acme."),
        ("shop", ["staging"], "App shop has no release with a slug to promote."),
        ("staging", ["staging"], "Cannot promote from an app to itself: staging."),
    ],
)
async def test_invalid_promotions_are_refused(
    api: Api, source: str, targets: list[str], expected: str
) -> None:
    await pipeline(api, staging="staging", shop="production")
    await api.app("other")
    await api.build("web: serve", app="staging")

    body = await promotion_of(api, source, *targets)
    status, identity, message = await api.refusal("POST", "/pipeline-promotions", body)

    assert (status, identity) == (422, "invalid_params")
    assert message.startswith(expected)


async def test_an_unknown_promotion_is_not_found(api: Api) -> None:
    for path in ("/pipeline-promotions/none", "/pipeline-promotions/none/promotion-targets"):
        assert (await api.refusal("GET", path))[:2] == (404, "not_found")
