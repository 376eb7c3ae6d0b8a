"""Rollbacks, and retries of failed release commands."""

from __future__ import annotations

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api


async def test_a_rollback_without_a_version_restores_the_previous_release(
    heroku: Heroku, api: Api
) -> None:
    await api.app()
    nothing = await heroku("releases:rollback", "-a", "shop", exit_code=2)
    assert "No eligible release found for shop to roll back to." in nothing.stderr
    await api.build("web: first")
    await api.build("web: second")
    assert (await api.build("web: third\nrelease: exit 1"))["status"] == "failed"

    back = await heroku("releases:rollback", "-a", "shop")

    assert "Rolling back shop to v2... done, v5" in back.stderr
    web = await api.get("/apps/shop/formation/web")
    assert web["command"] == "first"
    assert "Rolling back shop to v3... done, v6" in (await heroku("rollback", "-a", "shop")).stderr
    for version, eligible in (("v1", "No"), ("v2", "Yes"), ("v4", "No"), ("v6", "Yes")):
        info = await heroku("releases:info", version, "-a", "shop")
        assert ["Eligible", "for", "Rollback?:", eligible] in info.rows, version


async def test_a_rollback_to_a_release_that_never_ran_is_refused(heroku: Heroku, api: Api) -> None:
    await api.app()
    await heroku("config:set", "A=1", "-a", "shop")
    await api.build("web: serve")
    await api.build("web: better\nrelease: exit 1")

    bare = await heroku("releases:rollback", "v1", "-a", "shop", exit_code=2)
    failed = await heroku("releases:rollback", "v4", "-a", "shop", exit_code=2)

    assert "Cannot roll back to v1: it has no slug." in bare.stderr
    assert "Cannot roll back to v4: its status is failed, not succeeded." in failed.stderr
    assert await api.get("/apps/shop/config-vars") == {"A": "1"}
    assert len(await api.get("/apps/shop/releases")) == 4


async def test_a_release_command_is_tried_again(heroku: Heroku, api: Api) -> None:
    app = await api.app()
    api.backends.dynos.failing = "shop"
    assert (await api.build("web: serve\nrelease: migrate"))["status"] == "failed"
    api.backends.dynos.failing = None

    again = await heroku("releases:retry", "-a", "shop")

    assert "Retrying v2 on shop... done, v3" in again.stderr
    assert "Running release command...\nrunning migrate\n" in again.stdout
    release = await api.settled("/apps/shop/releases/3")
    assert (release["current"], release["description"]) == (True, "Retry of v2: Deploy 1f2e3d4c")
    output = await heroku("ps:scale", "-a", "shop")
    assert output.stdout == "release=0:Basic web=1:Basic\n"
    await heroku("ps:type", "release=standard-1x", "-a", "shop")
    refused = await heroku("ps:scale", "release=1", "web=2", "-a", "shop", exit_code=2)
    assert "release runs once before each release" in refused.stderr
    output = await heroku("ps:scale", "-a", "shop")
    assert output.stdout == "release=0:Standard-1X web=1:Basic\n"
    assert {dyno.name for dyno in api.backends.dynos.dynos(app["id"])} == {"web.1"}
