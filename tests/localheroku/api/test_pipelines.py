"""Pipelines and the apps in their stages."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api


async def test_a_pipeline_belongs_to_the_account_or_its_team(api: Api) -> None:
    account, team = await api.get("/account"), await api.get("/teams/acme")

    mine = await api.post("/pipelines", {"name": "mine"})
    ours = await api.post(
        "/pipelines", {"name": "ours", "owner": {"id": team["id"], "type": "team"}}
    )

    assert mine["owner"] == {"id": account["id"], "type": "user"}
    assert ours["owner"] == {"id": team["id"], "type": "team"}
    stranger = {"name": "other", "owner": {"id": mine["id"], "type": "team"}}
    assert (await api.refusal("POST", "/pipelines", stranger))[0] == 422


async def test_a_pipeline_is_found_renamed_and_removed(api: Api) -> None:
    pipeline = await api.post("/pipelines", {"name": "acme-shop"})

    assert await api.get("/pipelines/acme-shop") == pipeline
    assert await api.get("/pipelines") == [pipeline]
    renamed = await api.patch(f"/pipelines/{pipeline['id']}", {"name": "acme"})
    assert (renamed["id"], renamed["name"]) == (pipeline["id"], "acme")
    assert (await api.delete(f"/pipelines/{pipeline['id']}"))["name"] == "acme"
    assert (await api.refusal("GET", f"/pipelines/{pipeline['id']}"))[:2] == (404, "not_found")


@pytest.mark.parametrize("name", ["ab", "Acme", "1acme", "a" * 31])
async def test_a_name_keeps_to_heroku_s_rule(api: Api, name: str) -> None:
    assert (await api.refusal("POST", "/pipelines", {"name": name}))[0] == 422


async def test_a_name_is_given_once(api: Api) -> None:
    await api.post("/pipelines", {"name": "acme"})

    assert (await api.refusal("POST", "/pipelines", {"name": "acme"}))[2] == "Name is already taken"


async def test_an_app_is_coupled_moved_and_uncoupled(api: Api) -> None:
    app = await api.team_app()
    pipeline = await api.post("/pipelines", {"name": "acme"})

    coupling = await api.post(
        "/pipeline-couplings",
        {"app": app["id"], "pipeline": pipeline["id"], "stage": "staging"},
    )

    assert coupling["app"] == {"id": app["id"]}
    for path in (
        "/pipeline-couplings",
        f"/pipelines/{pipeline['id']}/pipeline-couplings",
        "/teams/acme/pipeline-couplings",
        "/users/~/pipeline-couplings",
    ):
        assert await api.get(path) == [coupling]
    path = f"/pipeline-couplings/{coupling['id']}"
    assert await api.get(path) == await api.get("/apps/team-shop/pipeline-couplings") == coupling
    assert (await api.patch(path, {"stage": "production"}))["stage"] == "production"
    await api.delete(path)
    assert (await api.refusal("GET", path))[:2] == (404, "not_found")


async def test_an_app_is_in_one_stage_of_one_pipeline(api: Api) -> None:
    await api.app()
    await api.post("/pipelines", {"name": "acme"})
    body = {"app": "shop", "pipeline": "acme", "stage": "production"}

    assert (await api.refusal("POST", "/pipeline-couplings", {**body, "stage": "moon"}))[0] == 422
    await api.post("/pipeline-couplings", body)
    assert (await api.refusal("POST", "/pipeline-couplings", body))[0] == 422


@pytest.mark.parametrize("path", ["/apps/shop", "/pipelines/acme"])
async def test_a_coupling_goes_with_its_app_or_its_pipeline(api: Api, path: str) -> None:
    await api.app()
    await api.post("/pipelines", {"name": "acme"})
    await api.post(
        "/pipeline-couplings", {"app": "shop", "pipeline": "acme", "stage": "production"}
    )

    await api.delete(path)

    assert await api.get("/pipeline-couplings") == []


async def test_test_and_review_stages_have_config_vars(api: Api) -> None:
    pipeline = await api.post("/pipelines", {"name": "acme"})
    path = f"/pipelines/{pipeline['id']}/stage/review/config-vars"
    await api.patch(path, {"A": "1", "B": "2"})

    assert await api.patch(path, {"A": None}) == {"B": "2"}
    assert await api.get(path) == {"B": "2"}
    assert await api.get(path.replace("review", "test")) == {}
    assert (await api.refusal("GET", path.replace("review", "production")))[0] == 422


async def test_the_command_line_finds_a_pipeline_by_its_name(api: Api) -> None:
    await api.post("/pipelines", {"name": "acme", "generation": {"name": "cedar"}})
    await api.post("/pipelines", {"name": "other"})

    for name, found in (("acme", ["acme"]), ("none", [])):
        every = await api.get(f"/pipelines?eq[name]={name}")
        assert [pipeline["name"] for pipeline in every] == found


async def test_there_is_one_generation(api: Api) -> None:
    refused = {"name": "acme", "generation": {"name": "fir"}}

    assert (await api.refusal("POST", "/pipelines", refused))[0] == 422


async def test_a_coupling_names_its_pipeline(api: Api) -> None:
    """`heroku pipelines:promote` prints the name, which the published schema does not list."""
    await api.app()
    pipeline = await api.post("/pipelines", {"name": "acme"})
    coupling = await api.post(
        "/pipeline-couplings", {"app": "shop", "pipeline": "acme", "stage": "staging"}
    )

    assert coupling["pipeline"] == {"id": pipeline["id"], "name": "acme"}
