"""`heroku pipelines` and `heroku reviewapps`, from a new pipeline to a promotion."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from tests.heroku_cli.heroku import Heroku, is_requested
from tests.localheroku.api.test_pipeline_repositories import git
from tests.localheroku.api.test_test_runs import ended, start_run
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient

pytestmark = pytest.mark.long


async def test_a_pipeline_is_created_promoted_and_transferred(heroku: Heroku, api: Api) -> None:
    for app in ("shop-staging", "shop"):
        await api.app(app)
    build = await api.build("release: migrate\nweb: serve", app="shop-staging")

    await heroku("pipelines:create", "shop", "-a", "shop-staging", "-s", "development")
    await heroku("pipelines:update", "-a", "shop-staging", "-s", "staging")
    await heroku("pipelines:add", "shop", "-a", "shop", "-s", "production")
    info = (await heroku("pipelines:info", "shop")).rows
    assert ["shop-staging", "staging"] in info
    assert ["shop", "production"] in info
    output = (await heroku("pipelines:info", "shop", "--json")).json
    assert output["pipeline"]["id"] == (await api.get("/pipelines/shop"))["id"]

    api.backends.dynos.gate.clear()
    promoting = asyncio.create_task(heroku("pipelines:promote", "-a", "shop-staging"))
    await is_requested(api, "GET /apps/{app}/releases/{release}")
    api.backends.dynos.gate.set()
    promoted = (await promoting).stdout
    assert "Fetching apps from shop..." in promoted
    assert "running migrate" in promoted
    assert "Promotion successful" in promoted
    current = (await api.get("/apps/shop/releases"))[-1]
    assert (current["slug"], current["status"]) == (build["slug"], "succeeded")

    await heroku("pipelines:rename", "shop", "acme-shop")
    await heroku("pipelines:transfer", "acme", "-p", "acme-shop", "-c", "acme-shop")
    assert "acme (team)" in (await heroku("pipelines:info", "acme-shop")).stdout
    await heroku("pipelines:remove", "-a", "shop")
    await heroku("pipelines:destroy", "acme-shop")
    assert await api.get("/pipelines") == []


async def test_a_difference_needs_github(cli: Heroku, api: Api) -> None:
    """For apps that are not connected to GitHub, the command reports this, as on Heroku."""
    await api.post("/pipelines", {"name": "shop"})
    for app, stage in (("shop-staging", "staging"), ("shop", "production")):
        await api.app(app)
        await api.post("/pipeline-couplings", {"app": app, "pipeline": "shop", "stage": stage})
        await api.build("web: serve", app=app)

    errors = (await cli("pipelines:diff", "-a", "shop-staging", exit_code=2)).stderr

    assert "shop-staging does not seem to be connected to GitHub!" in errors
    assert set(cli.outside) == {"kolkrabbi.heroku.com:443"}


async def test_a_branch_becomes_a_review_app(heroku: Heroku, api: Api, tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    git(tmp_path / "repository", "init", "--initial-branch=login")
    (tmp_path / "repository/Procfile").write_text("web: serve\n")
    git(tmp_path / "repository", "add", "Procfile")
    git(tmp_path / "repository", "commit", "--message=Serve")
    await api.post("/pipelines", {"name": "shop"})
    body = {"pipeline": "shop", "full_name": "acme/shop", "path": str(tmp_path / "repository")}
    await ControlClient(api).post("/repositories", body)

    await heroku("reviewapps:enable", "-p", "shop")
    await heroku("reviewapps:enable", "-p", "shop", "--autodeploy", "--wait-for-ci")
    config = await api.get("/pipelines/shop/review-app-config")
    assert (config["automatic_review_apps"], config["wait_for_ci"]) == (True, True)
    words = ("-p", "shop", "-b", "login", "--wait", "--wait-interval", "1")
    await heroku("reviewapps:create", *words)

    (created,) = await api.get("/pipelines/shop/review-apps")
    app = await api.get(f"/apps/{created['app']['id']}")
    assert (created["status"], app["name"][:11]) == ("created", "shop-login-")
    await heroku("reviewapps:wait", app["name"])
    missing = await heroku("reviewapps:create", "-p", "shop", "-b", "none", exit_code=1)
    assert "doesn't exist" in missing.stderr
    await heroku("reviewapps:disable", "-p", "shop")
    assert (await api.refusal("GET", "/pipelines/shop/review-app-config"))[0] == 404


async def test_without_a_repository_review_apps_are_refused_here(heroku: Heroku, api: Api) -> None:
    await api.post("/pipelines", {"name": "shop"})
    needed = "Pipeline shop is not connected to a repository. Connect one with POST"

    refused = await heroku("reviewapps:enable", "-p", "shop", exit_code=2)
    assert needed in " ".join(re.findall(r"[\w.,]+", refused.stderr))
    for words in (("enable", "--autodeploy"), ("disable",), ("disable", "--no-autodeploy")):
        refused = await heroku(f"reviewapps:{words[0]}", "-p", "shop", *words[1:], exit_code=2)
        assert "Review apps are not enabled for the pipeline." in refused.stderr

    await api.post("/pipelines/shop/review-app-config", {"repo": "acme/shop"})
    await heroku("reviewapps:disable", "-p", "shop")
    assert (await api.refusal("GET", "/pipelines/shop/review-app-config"))[0] == 404


async def test_test_runs_of_a_pipeline_are_shown(heroku: Heroku, api: Api) -> None:
    run = await ended(api, await start_run(api, {"scripts": {"test": "exit 0"}}))
    assert run["status"] == "succeeded"

    listed = (await heroku("ci", "-p", "acme")).rows
    assert ["1", "main", "1f2e3d", "succeeded"] in [row[-4:] for row in listed]
    assert "running exit 0" in (await heroku("ci:last", "-p", "acme")).stdout
    assert "running exit 0" in (await heroku("ci:info", "1", "-p", "acme")).stdout
    await heroku("ci:config:set", "A=1", "-p", "acme")
    assert (await heroku("ci:config:get", "A", "-p", "acme")).stdout == "1\n"
