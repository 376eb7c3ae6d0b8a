"""The latest builds, releases and deployments of a pipeline's apps."""

from __future__ import annotations

from tests.localheroku.client import Api


async def test_the_latest_of_each_app_is_shown(api: Api) -> None:
    pipeline = await api.post("/pipelines", {"name": "acme"})
    for app, stage in (("staging", "staging"), ("shop", "production")):
        await api.app(app)
        await api.post(
            "/pipeline-couplings", {"app": app, "pipeline": pipeline["id"], "stage": stage}
        )
    path = f"/pipelines/{pipeline['id']}"
    await api.build("web: old", app="staging")
    build = await api.build("web: new", app="staging")
    await api.patch("/apps/staging/config-vars", {"A": "1"})

    assert await api.get(f"{path}/latest-builds") == [build]
    (deployment,) = await api.get(f"{path}/latest-deployments")
    assert (deployment["id"], deployment["version"]) == (build["release"]["id"], 3)
    releases = await api.get(f"{path}/latest-releases")
    assert {release["app"]["name"]: release["version"] for release in releases} == {
        "staging": 4,
        "shop": 1,
    }


async def test_the_stack_is_that_of_the_app_furthest_downstream(api: Api) -> None:
    await api.post("/pipelines", {"name": "acme"})
    assert await api.get("/pipelines/acme/pipeline-stack") == {"stack": None}
    for app, stage, stack in (
        ("dev", "development", "heroku-26"),
        ("shop", "production", "heroku-22"),
    ):
        await api.app(app, stack=stack)
        await api.post("/pipeline-couplings", {"app": app, "pipeline": "acme", "stage": stage})
        details = await api.get("/pipelines/acme/pipeline-stack")
        assert details["stack"]["name"] == stack
