"""The endpoints for add-on services: config, actions and regions."""

from __future__ import annotations

from localheroku.core.provisioning import ADDON
from tests.localheroku.client import Api


async def test_a_service_changes_the_config_vars_of_its_add_on(api: Api) -> None:
    await api.app()
    await api.app("other")
    await api.addon("papertrail:choklad", name="logs")
    await api.post("/addon-attachments", {"addon": "logs", "app": "other", "name": "LOGS"})
    (token,) = await api.get("/addons/logs/config")
    assert token["name"] == "PAPERTRAIL_API_TOKEN"

    changes = [
        {"name": "PAPERTRAIL_API_TOKEN", "value": "new"},
        {"name": "PAPERTRAIL_HOST", "value": "logs.example"},
    ]
    changed = await api.patch("/addons/logs/config", {"config": changes})

    assert sorted(changed, key=lambda one: str(one["name"])) == changes
    assert await api.get("/apps/other/config-vars") == {
        "LOGS_API_TOKEN": "new",
        "LOGS_HOST": "logs.example",
    }
    releases = await api.get("/apps/shop/releases")
    assert releases[-1]["description"] == "Update PAPERTRAIL (@ref:logs)"
    assert await api.get("/addons/logs/config/credential:default") == changed
    assert await api.get("/addons/logs/config/credential:reader") == []
    again = await api.patch("/addons/logs/config", {"config": changes})
    assert again == changed
    assert len(await api.get("/apps/shop/releases")) == len(releases)
    gone = [{"name": "PAPERTRAIL_HOST", "value": None}]
    assert len(await api.patch("/addons/logs/config", {"config": gone})) == 1
    foreign = {"config": [{"name": "DATABASE_URL", "value": "x"}]}
    assert "PAPERTRAIL_" in (await api.refusal("PATCH", "/addons/logs/config", foreign))[2]


async def test_a_service_reports_that_its_add_on_is_provisioned_or_gone(api: Api) -> None:
    await api.app()
    api.heroku.platform.provisioning.set(ADDON, 3600)
    addon = await api.addon("papertrail:choklad", name="logs")
    assert addon["state"] == "provisioning"

    ready = await api.post("/addons/logs/actions/provision")

    assert (ready["state"], ready["config_vars"]) == ("provisioned", ["PAPERTRAIL_API_TOKEN"])
    assert "PAPERTRAIL_API_TOKEN" in await api.get("/apps/shop/config-vars")
    assert (await api.post("/addons/logs/actions/provision"))["state"] == "provisioned"
    assert (await api.post("/addons/logs/actions/deprovision"))["state"] == "deprovisioned"
    assert await api.get("/apps/shop/config-vars") == {}


async def test_services_are_in_regions(api: Api) -> None:
    every = await api.get("/addon-region-capabilities", Range="id ..; max=1000")
    postgres = await api.get("/addon-services/heroku-postgresql/region-capabilities")
    tokyo = await api.get("/regions/tokyo/addon-region-capabilities")

    assert len({one["id"] for one in every}) == len(every)
    assert {one["region"]["name"] for one in postgres} >= {"us", "eu", "tokyo"}
    assert all(
        one["supports_private_networking"] == one["region"]["private_capable"] for one in postgres
    )
    named = {one["addon_service"]["name"] for one in tokyo}
    assert "heroku-postgresql" in named
    assert {one["addon_service"]["name"] for one in every} > named
