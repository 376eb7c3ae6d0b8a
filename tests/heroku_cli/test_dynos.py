"""Dynos, releases and logs."""

from __future__ import annotations

import asyncio

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api


async def test_dynos_are_scaled_restarted_and_stopped(heroku: Heroku, api: Api) -> None:
    await api.app()
    assert (await heroku("ps", "-a", "shop")).stdout == "No dynos on shop\n"
    await api.build("web: serve\nworker: work")

    async def formation() -> dict[str, tuple[int, str]]:
        rows = await api.get("/apps/shop/formation")
        return {row["type"]: (row["quantity"], row["size"]) for row in rows}

    scaled = await heroku("ps:scale", "worker+1", "-a", "shop")
    assert "now running worker at 1:Basic" in scaled.stderr
    assert await formation() == {"web": (1, "Basic"), "worker": (1, "Basic")}
    await heroku("ps:scale", "web=2:standard-1x", "-a", "shop")
    typed = await heroku("ps:type", "standard-1x", "-a", "shop")
    assert await formation() == {"web": (2, "Standard-1X"), "worker": (1, "Standard-1X")}
    assert ["web", "Standard-1X", "2", "~$0.069", "$50"] in typed.rows
    assert (await heroku("ps:scale", "-a", "shop")).stdout == (
        "web=2:Standard-1X worker=1:Standard-1X\n"
    )
    output = await heroku("ps", "-a", "shop")
    assert ["web.2:", "up"] in [row[:2] for row in output.rows]
    assert "=== web (Standard-1X): serve (2)" in output.stdout

    app = (await api.get("/apps/shop"))["id"]
    api.backends.dynos.restarted.clear()
    restarted = await heroku("ps:restart", "-a", "shop")
    assert "Restarting all dynos on shop... done" in restarted.stderr
    await heroku("ps:restart", "-d", "web.1", "-a", "shop")
    await heroku("ps:restart", "web", "-a", "shop")
    stopped = await heroku("ps:stop", "-d", "worker.1", "-a", "shop")
    assert "Stopping dyno worker.1 on shop... done" in stopped.stderr
    await heroku("ps:stop", "worker", "-a", "shop")
    assert api.backends.dynos.restarted == [
        (app, None),
        (app, "web.1"),
        (app, "web"),
        (app, "worker.1"),
        (app, "worker"),
    ]
    refused = await heroku("ps:stop", "-d", "clock.1", "-a", "shop", exit_code=2)
    assert "Error ID: not_found" in refused.stderr


async def test_a_build_becomes_a_release_and_is_rolled_back(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.build("web: first", version="1f2e3d4c5b")
    await heroku("config:set", "A=1", "-a", "shop")
    await api.build("web: second\nrelease: migrate")

    listed = await heroku("releases", "-a", "shop")
    assert listed.stdout.startswith("=== shop Releases - Current: v4")
    assert [row[:3] for row in listed.rows if row[0] == "v2"] == [["v2", "Deploy", "1f2e3d4c"]]
    output = await heroku("releases:output", "v4", "-a", "shop")
    assert "running migrate" in output.stdout
    info = await heroku("releases:info", "v3", "-a", "shop")
    for line in ("=== Release v3", "By:", "Change:", "Set A config vars", "A: 1"):
        assert line in info.stdout
    back = await heroku("releases:rollback", "v2", "-a", "shop")
    assert "Rolling back shop to v2... done, v5" in back.stderr
    assert [row["command"] for row in await api.get("/apps/shop/formation")] == ["first"]
    assert await api.get("/apps/shop/config-vars") == {}
    refused = await heroku("releases:rollback", "v99", "-a", "shop", exit_code=2)
    assert "Error ID: not_found" in refused.stderr


async def test_logs_are_shown_and_followed(heroku: Heroku, api: Api) -> None:
    app = await api.app()
    logs = api.backends.logs
    for number in (1, 2, 3):
        logs.append(app["id"], "app", "web.1", f"line {number}")
    logs.append(app["id"], "heroku", "router", "at=info")

    output = await heroku("logs", "-n", "3", "-a", "shop")
    assert [line.partition(" ")[2] for line in output.stdout.splitlines()] == [
        "app[web.1]: line 2",
        "app[web.1]: line 3",
        "heroku[router]: at=info",
    ]
    routed = await heroku("logs", "--source", "heroku", "-a", "shop")
    assert routed.stdout.endswith("heroku[router]: at=info\n")
    assert "web.1" not in routed.stdout

    followed = await heroku.start("logs", "--tail", "--dyno-name", "web.1", "-a", "shop")
    assert followed.stdout
    for number in (1, 2, 3):
        assert f"line {number}" in (await followed.stdout.readline()).decode()
    logs.append(app["id"], "heroku", "router", "not this")
    logs.append(app["id"], "app", "web.1", "as it happens")
    assert "as it happens" in (await followed.stdout.readline()).decode()
    followed.terminate()
    await asyncio.wait_for(followed.communicate(), 60)
