"""Apps: creation, info, names, config vars, maintenance, stacks and removal."""

from __future__ import annotations

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api


async def test_an_app_is_created_changed_and_destroyed(repository: Heroku, api: Api) -> None:
    heroku = repository
    assert (await heroku("apps")).stdout == "You have no apps.\n"
    made = await heroku(
        *("apps:create", "stall", "--region", "eu", "--stack", "heroku-22"),
        *("--buildpack", "heroku/python", "--addons", "heroku-postgresql:essential-0"),
    )
    assert made.stdout.startswith(f"http://stall.localhost:{api.url.rpartition(':')[2]}/ | https:")
    app = await api.get("/apps/stall")
    assert (app["region"]["name"], app["build_stack"]["name"]) == ("eu", "heroku-22")

    # The Git remote in the folder tells the later commands which app to use.
    renamed = await heroku("apps:rename", "shop")
    assert "Renaming stall to shop... done" in renamed.stderr
    assert app["id"] == (await api.get("/apps/shop"))["id"]
    info = (await heroku("apps:info")).stdout
    for line in ("=== shop", "Addons:         heroku-postgresql:essential-0", "Region:         eu"):
        assert line in info
    assert ["shop", "(eu)"] in (await heroku("apps")).rows

    refused = await heroku("apps:destroy", "--confirm", "stall", exit_code=1)
    assert "Confirmation stall did not match shop. Aborted." in refused.stderr
    gone = await heroku("apps:destroy", "--confirm", "shop")
    assert "Destroying shop (including all add-ons)... done" in gone.stderr
    assert await api.get("/apps") == []


async def test_apps_of_a_team_are_listed_separately(heroku: Heroku, api: Api) -> None:
    await heroku("apps:create", "team-shop", "-t", "acme", "--no-remote")
    assert (await heroku("apps")).stdout == "You have no apps.\n"
    assert (await heroku("apps", "-t", "acme")).rows == [
        ["===", "Apps", "in", "team", "acme"],
        ["team-shop"],
    ]
    unknown = await heroku("apps:info", "-a", "nothing", exit_code=2)
    assert "Couldn't find that app." in unknown.stderr
    assert "Error ID: not_found" in unknown.stderr


async def test_maintenance_and_stack_are_switched(heroku: Heroku, api: Api) -> None:
    await api.app()
    switched = await heroku("maintenance:on", "-a", "shop")
    assert "Enabling maintenance mode for shop... done" in switched.stderr
    assert (await api.get("/apps/shop"))["maintenance"] is True
    assert (await heroku("maintenance", "-a", "shop")).stdout == "on\n"
    await heroku("maintenance:off", "-a", "shop")
    assert (await api.get("/apps/shop"))["maintenance"] is False

    assert ["*", "heroku-24"] in (await heroku("stack", "-a", "shop")).rows
    await heroku("stack:set", "heroku-26", "-a", "shop")
    output = await heroku("stack", "-a", "shop")
    assert "  heroku-26 (active on next deploy)" in output.stdout
    refused = await heroku("stack:set", "cedar-14", "-a", "shop", exit_code=2)
    assert "Error ID: invalid_params" in refused.stderr


async def test_config_vars_are_set_and_unset(heroku: Heroku, api: Api) -> None:
    await api.app()
    done = await heroku("config:set", "A=1", "B=x y", "-a", "shop")
    assert "Setting A, B and restarting shop... done, v2" in done.stderr
    assert await api.get("/apps/shop/config-vars") == {"A": "1", "B": "x y"}
    assert (await heroku("config:get", "B", "-a", "shop")).stdout == "x y\n"
    assert (await heroku("config", "-s", "-a", "shop")).stdout == "A=1\nB='x y'\n"
    done = await heroku("config:unset", "A", "-a", "shop")
    assert "Unsetting A and restarting shop... done, v3" in done.stderr
    assert (await heroku("config", "--json", "-a", "shop")).json == {"B": "x y"}


async def test_features_and_labs_are_switched(heroku: Heroku, api: Api) -> None:
    await api.app()

    async def enabled(feature: str) -> bool:
        return bool((await api.get(f"/apps/shop/features/{feature}"))["enabled"])

    await heroku("features:enable", "preboot", "-a", "shop")
    assert await enabled("preboot")
    assert ["[+]", "preboot"] in [row[:2] for row in (await heroku("features", "-a", "shop")).rows]
    await heroku("features:disable", "preboot", "-a", "shop")
    assert not await enabled("preboot")

    await heroku("labs:enable", "runtime-dyno-metadata", "-a", "shop")
    assert await enabled("runtime-dyno-metadata")
    rows = [row[:2] for row in (await heroku("labs", "-a", "shop")).rows]
    assert ["[+]", "runtime-dyno-metadata"] in rows
    assert ["[ ]", "preboot"] not in rows
    await heroku("labs:disable", "runtime-dyno-metadata", "-a", "shop")
    assert not await enabled("runtime-dyno-metadata")
