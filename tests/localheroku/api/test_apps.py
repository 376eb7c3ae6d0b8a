"""Personal apps and apps of teams."""

from __future__ import annotations

import asyncio

import pytest

from tests.localheroku.client import Api
from tests.localheroku.dynos.slugs import until


async def test_a_new_app_has_a_first_release_that_succeeded(api: Api) -> None:
    app = await api.app()

    (release,) = await api.get(f"/apps/{app['id']}/releases")
    assert (release["version"], release["status"], release["current"]) == (1, "succeeded", True)
    assert release["description"] == "Initial release"


async def test_a_personal_app_has_neither_team_nor_organization(api: Api) -> None:
    app = await api.app(region="eu", stack="heroku-22")

    assert (app["team"], app["organization"]) == (None, None)
    assert app["owner"]["email"] == "ops@acme.example"
    assert (app["region"]["name"], app["build_stack"]["name"]) == ("eu", "heroku-22")


async def test_a_team_app_names_its_team_twice(api: Api) -> None:
    app = await api.team_app(locked=False, personal=False)

    assert app["team"] == app["organization"]
    assert app["team"]["name"] == "acme"
    details = await api.get(f"/teams/apps/{app['id']}")
    assert (details["team"], details["locked"], details["joined"]) == (
        {"name": "acme"},
        False,
        True,
    )
    assert [a["name"] for a in await api.get("/teams/acme/apps")] == ["team-shop"]


async def test_the_endpoint_for_team_apps_can_create_a_personal_app(api: Api) -> None:
    await api.post("/teams/apps", {"name": "mine", "team": "acme", "personal": True})

    assert (await api.get("/apps/mine"))["team"] is None
    assert (await api.refusal("GET", "/teams/apps/mine"))[0] == 404


async def test_an_app_is_found_by_name_and_id_and_served_on_this_machine(api: Api) -> None:
    app = await api.app()

    assert await api.get("/apps/shop") == await api.get(f"/apps/{app['id']}")
    assert app["web_url"] == f"http://shop.localhost:{api.heroku.platform.settings.port}/"
    assert app["git_url"] == f"{api.url}/shop.git"


async def test_an_app_without_a_name_gets_one(api: Api) -> None:
    app = await api.post("/apps")

    assert app["name"].count("-") == 2
    assert await api.get(f"/apps/{app['name']}") == app


@pytest.mark.parametrize("name", ["Shop", "9shop", "sh", "shop-", "shop_1", "s" * 31])
async def test_a_name_keeps_to_heroku_s_rule(api: Api, name: str) -> None:
    status, code, message = await api.refusal("POST", "/apps", {"name": name})

    assert (status, code) == (422, "invalid_params")
    assert message.startswith(
        "Name must start with a letter, end with a letter or digit, and can only contain "
        "lowercase letters, digits, and dashes."
    )


async def test_a_name_is_given_once(api: Api) -> None:
    await api.app("shop")
    await api.app("stall")

    taken = (422, "invalid_params", "Name is already taken")
    assert await api.refusal("POST", "/apps", {"name": "shop"}) == taken
    assert await api.refusal("PATCH", "/apps/stall", {"name": "shop"}) == taken


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"region": "moon"}, "Couldn't find that region."),
        (
            {"region": "tokyo"},
            "Region tokyo is only available to apps in a private space. Choose us or eu.",
        ),
        ({"stack": "heroku-18"}, "Couldn't find that stack."),
    ],
)
async def test_unavailable_options_are_refused(
    api: Api, fields: dict[str, str], message: str
) -> None:
    assert await api.refusal("POST", "/apps", {"name": "shop", **fields}) == (
        422,
        "invalid_params",
        message,
    )
    assert await api.get("/apps") == []


async def test_a_space_is_not_found(api: Api) -> None:
    body = {"name": "shop", "team": "acme", "space": "prod"}
    assert (await api.refusal("POST", "/teams/apps", body))[0] == 404


async def test_an_unknown_team_is_not_found(api: Api) -> None:
    assert await api.refusal("POST", "/teams/apps", {"name": "shop", "team": "other"}) == (
        404,
        "not_found",
        "Couldn't find that team.",
    )


async def test_an_app_is_renamed_and_its_old_name_is_free(api: Api) -> None:
    app = await api.app("shop")

    renamed = await api.patch(f"/apps/{app['id']}", {"name": "stall"})

    assert (renamed["id"], renamed["name"]) == (app["id"], "stall")
    assert [d["hostname"] for d in await api.get("/apps/stall/domains")] == ["stall.localhost"]
    assert await api.refusal("GET", "/apps/shop") == (404, "not_found", "Couldn't find that app.")
    await api.app("shop")


async def test_an_update_of_nothing_changes_nothing(api: Api) -> None:
    app = await api.app()

    updated = await api.patch("/apps/shop", {})

    assert {**updated, "updated_at": ""} == {**app, "updated_at": ""}


async def test_stack_and_maintenance_change_in_place(api: Api) -> None:
    await api.app()

    app = await api.patch("/apps/shop", {"build_stack": "heroku-22", "maintenance": True})

    assert (app["build_stack"]["name"], app["stack"]["name"]) == ("heroku-22", "heroku-24")
    assert app["maintenance"] is True


async def test_certificates_are_managed_or_not(api: Api) -> None:
    await api.app()

    assert (await api.post("/apps/shop/acm"))["acm"] is True
    assert (await api.delete("/apps/shop/acm"))["acm"] is False


async def test_a_team_app_is_locked_and_a_personal_one_is_not_found(api: Api) -> None:
    await api.team_app()
    await api.app("shop")

    assert (await api.patch("/teams/apps/team-shop", {"locked": True}))["locked"] is True
    assert (await api.refusal("PATCH", "/teams/apps/shop", {"locked": True}))[0] == 404


async def test_a_deleted_app_takes_everything_with_it(api: Api) -> None:
    app = await api.app()
    database = await api.addon("heroku-postgresql:essential-0")
    cache = await api.addon("memcachier:dev")
    build = await api.build("web: serve")
    person = await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})
    domain = await api.post(
        "/apps/shop/domains", {"hostname": "www.acme.example", "sni_endpoint": None}
    )
    await api.app("stall")
    attachment = await api.post(
        "/addon-attachments",
        {"app": "shop", "addon": (await api.addon("memcachier", "stall"))["id"]},
    )

    deleted = await api.delete("/apps/shop")

    assert deleted["id"] == app["id"]
    assert (api.backends.postgres.present, len(api.backends.memcachier.present)) == ({}, 1)
    assert app["id"] not in api.backends.dynos.running
    assert api.backends.builder.removed == [build["slug"]["id"]]
    gone = [
        f"/apps/{app['id']}",
        f"/addons/{database['id']}",
        f"/addons/{cache['id']}",
        f"/addon-attachments/{attachment['id']}",
        f"/apps/{app['id']}/collaborators/{person['id']}",
        f"/apps/{app['id']}/domains/{domain['id']}",
    ]
    for path in gone:
        assert (await api.refusal("GET", path))[:2] == (404, "not_found")


async def test_an_app_whose_database_cannot_be_removed_stays(api: Api) -> None:
    app = await api.app()
    await api.build("web: serve")
    await api.addon("heroku-postgresql:essential-0")
    api.backends.postgres.broken = True

    status, code, message = await api.refusal("DELETE", "/apps/shop")

    assert (status, code) == (503, "addon_error")
    assert message.endswith("failed: the disk is full")
    assert len(await api.get("/apps/shop/addons")) == 1
    await until(lambda: app["id"] in api.backends.dynos.running)


async def test_an_app_that_used_a_deleted_app_s_database_gets_a_release_without_it(
    api: Api,
) -> None:
    await api.app()
    await api.app("stall")
    addon = await api.addon("heroku-postgresql:essential-0", name="acme-db")
    await api.post("/addon-attachments", {"addon": addon["id"], "app": "stall", "name": "SHARED"})

    await api.delete("/apps/shop")

    assert await api.get("/apps/stall/config-vars") == {}
    assert (await api.get("/apps/stall/releases"))[-1]["description"] == (
        "Detach SHARED (@ref:acme-db)"
    )


async def test_an_app_is_deleted_twice_at_once_without_harm(api: Api) -> None:
    await api.app()
    await api.addon("heroku-postgresql:essential-0")

    answers = await asyncio.gather(*(api.call("DELETE", "/apps/shop") for _ in range(3)))

    assert {answer.status for answer in answers} <= {200, 404}
    assert (await api.get("/apps"), api.backends.postgres.present) == ([], {})


async def test_a_site_is_closed_while_its_app_is_in_maintenance(api: Api) -> None:
    app = await api.app()
    page = {"MAINTENANCE_PAGE_URL": "https://acme.example/soon"}
    await api.patch("/apps/shop/config-vars", page)

    async def site() -> tuple[int, str]:
        async with api.session.get(api.url, headers={"Host": "shop.localhost"}) as response:
            return response.status, await response.text()

    await api.patch("/apps/shop", {"maintenance": True})
    assert await site() == (503, "https://acme.example/soon")
    await api.patch("/apps/shop", {"maintenance": False})
    assert await site() == (200, app["id"])
