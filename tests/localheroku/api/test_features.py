"""Features of apps and of the account, and buildpacks."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api

BUILDPACKS = "/apps/shop/buildpack-installations"


async def test_a_feature_of_an_app_is_switched_by_name_and_read_by_id(api: Api) -> None:
    await api.app()
    await api.app("stall")

    feature = await api.patch("/apps/shop/features/preboot", {"enabled": True})

    assert feature["enabled"] is True
    assert await api.get(f"/apps/shop/features/{feature['id']}") == feature
    assert feature in await api.get("/apps/shop/features")
    assert (await api.get("/apps/stall/features/preboot"))["enabled"] is False
    off = await api.patch("/apps/shop/features/preboot", {"enabled": False})
    assert off["enabled"] is False


async def test_a_feature_of_the_account_is_switched(api: Api) -> None:
    feature = await api.patch("/account/features/app-overview", {"enabled": True})

    assert await api.get("/account/features/app-overview") == feature
    assert feature in await api.get("/account/features")


async def test_an_unknown_feature_is_not_found(api: Api) -> None:
    await api.app()

    for path in ("/apps/shop/features/teleport", "/account/features/preboot"):
        assert (await api.refusal("PATCH", path, {"enabled": True}))[:2] == (404, "not_found")


async def test_buildpacks_are_replaced_as_a_whole(api: Api) -> None:
    await api.app()
    url = "https://github.com/acme/buildpack.git"

    put = await api.put(
        BUILDPACKS, {"updates": [{"buildpack": "heroku/python"}, {"buildpack": url}]}
    )

    assert [(b["ordinal"], b["buildpack"]["name"]) for b in put] == [(0, "heroku/python"), (1, url)]
    assert await api.get(BUILDPACKS) == put
    assert (await api.build("web: serve"))["buildpacks"][0]["name"] == "heroku/python"
    assert await api.put(BUILDPACKS, {"updates": []}) == []


@pytest.mark.parametrize("updates", [[{"buildpack": "python"}], [{"name": "heroku/python"}], [{}]])
async def test_a_buildpack_is_a_name_or_a_repository(
    api: Api, updates: list[dict[str, str]]
) -> None:
    await api.app()

    assert (await api.refusal("PUT", BUILDPACKS, {"updates": updates}))[0] == 422
    assert await api.get(BUILDPACKS) == []


async def test_dynos_know_their_release_when_the_app_wants_it(api: Api) -> None:
    app = await api.app()
    await api.build("web: serve")

    async def env() -> dict[str, str]:
        await api.heroku.platform.deployment.apply(app["id"])
        return dict(api.backends.dynos.running[app["id"]].env)

    assert await env() == {}
    await api.patch("/apps/shop/features/runtime-dyno-metadata", {"enabled": True})
    variables = await env()
    assert (variables["HEROKU_APP_NAME"], variables["HEROKU_APP_ID"]) == ("shop", app["id"])
    assert (variables["HEROKU_RELEASE_VERSION"], variables["HEROKU_SLUG_COMMIT"]) == (
        "v2",
        "1f2e3d4c5b",
    )
    assert variables["HEROKU_BUILD_DESCRIPTION"] == "Deploy 1f2e3d4c"
    await api.patch("/apps/shop/config-vars", {"HEROKU_APP_NAME": "mine"})
    assert (await env())["HEROKU_APP_NAME"] == "mine"
