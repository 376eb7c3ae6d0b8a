"""Attachments of an add-on under several names and to several apps."""

from __future__ import annotations

from tests.localheroku.client import Api


async def test_a_database_is_shared_with_another_app(api: Api) -> None:
    await api.app()
    other = await api.app("stall")
    addon = await api.addon("heroku-postgresql:essential-0")

    attachment = await api.post("/addon-attachments", {"addon": addon["name"], "app": other["id"]})

    assert (attachment["name"], attachment["app"]["name"]) == ("DATABASE", "stall")
    assert attachment["addon"]["app"]["name"] == "shop"
    shared = (await api.get("/apps/shop/config-vars"))["DATABASE_URL"]
    assert await api.get("/apps/stall/config-vars") == {"DATABASE_URL": shared}
    assert (await api.get("/apps/stall/releases"))[-1]["version"] == 2
    assert await api.get("/apps/stall/addons") == [addon]
    assert await api.get(f"/apps/stall/addons/{addon['id']}") == addon


async def test_a_name_makes_the_config_vars(api: Api) -> None:
    await api.app()
    addon = await api.addon("memcachier:dev")

    await api.post("/addon-attachments", {"addon": addon["id"], "app": "shop", "name": "CACHE"})

    config = await api.get("/apps/shop/config-vars")
    assert config["CACHE_SERVERS"] == config["MEMCACHIER_SERVERS"]
    names = (await api.get(f"/addons/{addon['id']}"))["config_vars"]
    assert sorted(names) == sorted(config)


async def test_an_attachment_is_found_by_id_and_in_its_app_by_name(api: Api) -> None:
    await api.app()
    addon = await api.addon("heroku-postgresql:essential-0")
    (attachment,) = await api.get(f"/addons/{addon['id']}/addon-attachments")

    assert await api.get(f"/addon-attachments/{attachment['id']}") == attachment
    assert await api.get("/apps/shop/addon-attachments/DATABASE") == attachment
    assert await api.get("/apps/shop/addon-attachments") == [attachment]
    assert await api.get("/addon-attachments") == [attachment]
    question = {"addon_attachment": "DATABASE_URL", "app": "shop"}
    path = "/actions/addon-attachments/resolve"
    assert await api.post(path, {**question, "addon_service": "heroku-postgresql"}) == [attachment]
    assert (await api.refusal("POST", path, {**question, "addon_service": "memcachier"}))[0] == 404


async def test_an_add_on_is_resolved_to_its_attachments(api: Api) -> None:
    await api.app()
    await api.app("stall")
    addon = await api.addon("heroku-postgresql:essential-0")
    for app in ("shop", "stall"):
        await api.post("/addon-attachments", {"addon": addon["id"], "app": app, "name": "BLUE"})
    path = "/actions/addon-attachments/resolve"

    async def resolved(identity: str, app: str | None) -> list[tuple[str, str]]:
        found = await api.post(path, {"addon_attachment": identity, "app": app})
        return [(one["app"]["name"], one["name"]) for one in found]

    assert await resolved(addon["name"], "shop") == [("shop", "DATABASE"), ("shop", "BLUE")]
    assert await resolved("BLUE_URL", "stall") == [("stall", "BLUE")]
    assert await resolved("BLUE", None) == [("shop", "BLUE"), ("stall", "BLUE")]
    assert await resolved("stall::BLUE", None) == [("stall", "BLUE")]
    blue = await api.get("/addon-attachments/stall::BLUE")
    assert blue == await api.get("/apps/stall/addon-attachments/BLUE")
    assert blue["web_url"] == f"{api.url}/#/apps/stall"
    stranger = api.of("stranger@other.example")
    assert (await stranger.refusal("GET", "/addon-attachments/stall::BLUE"))[0] == 404


async def test_additional_fields_are_shown_on_request(api: Api) -> None:
    await api.app()
    await api.addon("heroku-postgresql:essential-0")
    wish = {"Accept-Inclusion": "addon:plan,config_vars"}

    (attachment,) = await api.get("/apps/shop/addon-attachments", **wish)

    assert attachment["addon"]["plan"]["name"] == "heroku-postgresql:essential-0"
    assert attachment["config_vars"] == ["DATABASE_URL"]


async def test_a_name_in_several_apps_needs_its_app(api: Api) -> None:
    for app in ("shop", "stall"):
        await api.app(app)
        await api.addon("heroku-postgresql:essential-0", app)

    refused = await api.refusal("GET", "/addon-attachments/DATABASE")

    assert refused[:2] == (422, "multiple_matches")


async def test_a_detached_add_on_is_gone_from_the_app_only(api: Api) -> None:
    await api.app()
    await api.app("stall")
    addon = await api.addon("heroku-postgresql:essential-0")
    attachment = await api.post("/addon-attachments", {"addon": addon["id"], "app": "stall"})

    assert await api.delete(f"/addon-attachments/{attachment['id']}") == attachment

    assert await api.get("/apps/stall/config-vars") == {}
    assert (await api.get("/apps/stall/releases"))[-1]["description"].startswith("Detach DATABASE")
    assert await api.refusal("GET", f"/addon-attachments/{attachment['id']}") == (
        404,
        "not_found",
        "Couldn't find that add on attachment.",
    )
    assert list(await api.get("/apps/shop/config-vars")) == ["DATABASE_URL"]


async def test_an_add_on_that_loses_its_name_is_detached_in_a_release(api: Api) -> None:
    """`heroku pg:promote` expects both releases if the app has a release command."""
    await api.app()
    await api.addon("heroku-postgresql:essential-0", name="old-db")
    await api.addon("heroku-postgresql:essential-0", name="new-db", attachment={"name": "JADE"})
    body = {"addon": "new-db", "app": "shop", "name": "DATABASE", "confirm": "shop"}

    for _ in range(2):
        await api.post("/addon-attachments", body)

    *_, detached, attached, again = await api.get("/apps/shop/releases")
    assert detached["description"] == "Detach DATABASE (@ref:old-db)"
    assert attached["description"] == again["description"] == "Attach DATABASE (@ref:new-db)"
    before = await api.get(f"/apps/shop/releases/{detached['id']}/config-vars")
    assert (before.keys(), attached["current"]) == ({"JADE_URL"}, False)


async def test_the_last_attachment_stays(api: Api) -> None:
    await api.app()
    await api.addon("heroku-postgresql:essential-0")

    status, _, message = await api.refusal("DELETE", "/addon-attachments/DATABASE")

    assert status == 422
    assert message.startswith("Cannot destroy last attachment to billing app shop")


async def test_only_the_default_credential_exists(api: Api) -> None:
    await api.app()
    addon = await api.addon("heroku-postgresql:essential-0")
    body = {"addon": addon["id"], "app": "shop", "name": "OTHER"}

    default = await api.post("/addon-attachments", {**body, "namespace": "credential:default"})
    refused = await api.refusal(
        "POST", "/addon-attachments", {**body, "namespace": "credential:reader"}
    )

    other = await api.post("/addon-attachments", {**body, "namespace": "reports"})
    assert default["namespace"] == "credential:default"
    assert other["namespace"] == "reports"
    assert refused[0] == 422
