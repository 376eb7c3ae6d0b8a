"""Add-ons: provisioning, config vars, changes and removal."""

from __future__ import annotations

import asyncio

import pytest

from tests.localheroku.client import Api

COLORED = "HEROKU_POSTGRESQL_"


async def test_an_add_on_has_its_config_vars_when_it_is_created(api: Api) -> None:
    app = await api.app()

    addon = await api.addon("heroku-postgresql:essential-0", confirm="shop", name="acme-db")

    assert (addon["state"], addon["name"]) == ("provisioned", "acme-db")
    assert addon["plan"]["name"] == "heroku-postgresql:essential-0"
    assert addon["config_vars"] == ["DATABASE_URL"]
    assert addon["billed_price"] == {"cents": 500, "contract": False, "unit": "month"}
    assert addon["app"] == {"id": app["id"], "name": "shop"}
    assert await api.get("/apps/shop/config-vars") == {"DATABASE_URL": "acme-db/URL"}
    assert (await api.get("/apps/shop/releases"))[-1]["description"] == (
        "Attach DATABASE (@ref:acme-db)"
    )


async def test_a_service_receives_plan_limits_and_config(api: Api) -> None:
    await api.app()

    addon = await api.addon("heroku-postgresql:essential-0", config={"version": "16"})

    request = api.backends.postgres.present[addon["id"]]
    assert (request.name, request.plan, request.version) == (addon["name"], "essential-0", "16")
    assert (request.connection_limit, request.megabytes) == (20, 1024)


async def test_a_cache_sets_what_memcachier_sets(api: Api) -> None:
    await api.app()

    assert (await api.addon("memcachier:dev"))["config_vars"] == [
        "MEMCACHIER_SERVERS",
        "MEMCACHIER_USERNAME",
        "MEMCACHIER_PASSWORD",
    ]
    assert (await api.addon("memcachedcloud:30"))["config_vars"] == [
        "MEMCACHEDCLOUD_SERVERS",
        "MEMCACHEDCLOUD_USERNAME",
        "MEMCACHEDCLOUD_PASSWORD",
    ]


async def test_a_plan_is_named_as_text_or_object_or_by_its_service_alone(api: Api) -> None:
    await api.app()

    named = await api.post("/apps/shop/addons", {"plan": {"name": "memcachier:100"}})
    default = await api.addon("papertrail")

    assert named["plan"]["name"] == "memcachier:100"
    assert default["plan"]["name"] == "papertrail:choklad"


@pytest.mark.parametrize(
    ("plan", "config_vars"),
    [
        ("heroku-postgresql:premium-12", ["DATABASE_URL"]),
        ("sendgrid:platinum", ["SENDGRID_PASSWORD", "SENDGRID_USERNAME"]),
        ("acme-errors:small", []),
    ],
)
async def test_what_the_catalogue_lacks_can_be_ordered(
    api: Api, plan: str, config_vars: list[str]
) -> None:
    await api.app()

    addon = await api.addon(plan)

    assert addon["plan"]["name"] == plan
    assert sorted(addon["config_vars"]) == config_vars
    assert (await api.get(f"/addons/{addon['id']}"))["addon_service"]["name"] == plan.split(":")[0]
    changed = await api.patch(f"/apps/shop/addons/{addon['id']}", {"plan": f"{plan}-2"})
    assert changed["plan"]["name"] == f"{plan}-2"


async def test_a_version_that_is_newer_than_the_catalogue_is_the_newest(api: Api) -> None:
    await api.app()

    newer = {"plan": "heroku-postgresql:essential-0", "config": {"version": "77"}}
    await api.post("/apps/shop/addons", newer)
    refused = {"plan": "heroku-postgresql:essential-0", "config": {"version": "9"}}
    assert (await api.refusal("POST", "/apps/shop/addons", refused))[0] == 422


async def test_a_second_database_is_named_by_a_color(api: Api) -> None:
    await api.app()
    first = await api.addon("heroku-postgresql:essential-0")

    second = await api.addon("heroku-postgresql:essential-0")

    (name,) = second["config_vars"]
    assert first["config_vars"] == ["DATABASE_URL"]
    assert name.startswith(COLORED)
    assert name.endswith("_URL")


async def test_an_attachment_s_name_can_be_chosen(api: Api) -> None:
    await api.app()

    addon = await api.addon("heroku-postgresql:essential-0", attachment={"name": "REPORTS"})

    assert addon["config_vars"] == ["REPORTS_URL"]


async def test_a_name_that_another_add_on_has_needs_confirmation(api: Api) -> None:
    await api.app()
    first = await api.addon("heroku-postgresql:essential-0")
    body = {"plan": "heroku-postgresql:essential-0", "attachment": {"name": "DATABASE"}}

    refused = await api.call("POST", "/apps/shop/addons", body)
    assert (refused.status, refused.body["id"]) == (423, "confirmation_required")
    assert refused.headers["X-Confirmation-Required"] == "shop"
    assert len(await api.get("/apps/shop/addons")) == 1

    second = await api.post("/apps/shop/addons", {**body, "confirm": "shop"})
    assert second["config_vars"] == ["DATABASE_URL"]
    assert (await api.get(f"/addons/{first['id']}"))["config_vars"] == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"plan": "no-such"},
            'Couldn\'t find either the add-on service or the add-on plan of "no-such".',
        ),
        (
            {"plan": "heroku-postgresql:hobby-dev"},
            "The hobby-dev plan has reached end-of-life on 2022-11-28. Use essential-0 instead.",
        ),
        (
            {"plan": "heroku-postgresql:private-0"},
            "Plan heroku-postgresql:private-0 is only available to apps in a private space.",
        ),
        (
            {"plan": "heroku-postgresql:standard-0", "config": {"follow": "DATABASE"}},
            "Unable to follow: no database of the local Heroku supports fork/follow.",
        ),
        (
            {"plan": "heroku-postgresql:essential-0", "config": {"version": "14"}},
            "Unsupported version: 14. We support the following versions: 16, 17, 18",
        ),
        ({"plan": "memcachier:dev", "name": "a b"}, "Name must start with a letter"),
        ({"plan": "memcachier:dev", "attachment": {"name": "cache"}}, "Attachment name must"),
        ({"plan": "memcachier:dev", "attachment": {"name": 5}}, "Param name must be a string"),
        ({"plan": "memcachier:dev", "attachment": {"named": "C"}}, "Unknown params: named"),
    ],
)
async def test_a_refused_add_on_leaves_nothing_behind(
    api: Api, body: dict[str, object], message: str
) -> None:
    await api.app()

    status, code, actual = await api.refusal("POST", "/apps/shop/addons", body)

    assert (status, code) == (422, "invalid_params")
    assert actual.startswith(message)
    assert await api.get("/apps/shop/addons") == []
    assert len(await api.get("/apps/shop/releases")) == 1


async def test_a_name_is_given_once(api: Api) -> None:
    await api.app()
    await api.app("stall")
    await api.addon("memcachier:dev", name="cache")

    refused = await api.refusal(
        "POST", "/apps/stall/addons", {"plan": "memcachier:dev", "name": "cache"}
    )

    assert refused == (422, "invalid_params", "Name is already taken")


async def test_a_service_that_fails_leaves_no_add_on(api: Api) -> None:
    await api.app()
    api.backends.postgres.broken = True
    body = {"plan": "heroku-postgresql:essential-0", "name": "acme-db"}

    assert await api.refusal("POST", "/apps/shop/addons", body) == (
        503,
        "addon_error",
        "The service of add-on acme-db failed: the disk is full",
    )

    assert await api.get("/apps/shop/addons") == []
    assert await api.get("/apps/shop/config-vars") == {}


async def test_another_plan_keeps_the_credentials(api: Api) -> None:
    await api.app()
    addon = await api.addon("heroku-postgresql:essential-0")
    config = await api.get("/apps/shop/config-vars")

    changed = await api.patch(
        f"/apps/shop/addons/{addon['id']}", {"plan": "heroku-postgresql:essential-2"}
    )

    expected = "heroku-postgresql:essential-2"
    assert (changed["id"], changed["plan"]["name"]) == (addon["id"], expected)
    assert await api.get("/apps/shop/config-vars") == config
    assert api.backends.postgres.present[addon["id"]].connection_limit == 40


@pytest.mark.parametrize(
    ("old", "new"),
    [("essential-1", "standard-0"), ("premium-0", "essential-2"), ("standard-0", "essential-0")],
)
async def test_a_database_does_not_enter_or_leave_the_essential_tier(
    api: Api, old: str, new: str
) -> None:
    await api.app()
    addon = await api.addon(f"heroku-postgresql:{old}", name="orders")
    before = await state_of(api, addon["id"])

    refused = await api.refusal(
        "PATCH", "/apps/shop/addons/orders", {"plan": f"heroku-postgresql:{new}", "name": "other"}
    )

    words = (
        f"Cannot change orders from heroku-postgresql:{old} to heroku-postgresql:{new} in place: "
        "Essential-tier databases can only change to another plan in that tier, and databases of "
        "other tiers cannot change to it. Create a database of the new plan and use pg:copy "
        "instead."
    )
    assert refused == (422, "addon_error", words)
    assert await state_of(api, addon["id"]) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [("essential-2", "essential-0"), ("standard-0", "standard-2"), ("premium-0", "standard-0")],
)
async def test_other_changes_of_plan_are_made_in_place(api: Api, old: str, new: str) -> None:
    await api.app()
    await api.addon(f"heroku-postgresql:{old}", name="orders")

    changed = await api.patch("/apps/shop/addons/orders", {"plan": f"heroku-postgresql:{new}"})

    assert changed["plan"]["name"] == f"heroku-postgresql:{new}"


async def test_a_change_of_plan_does_not_take_another_version(api: Api) -> None:
    await api.app()
    addon = await api.addon(
        "heroku-postgresql:essential-0", name="orders", config={"version": "16"}
    )
    before = await state_of(api, addon["id"])
    path = "/apps/shop/addons/orders"

    for more in ({"config": {"version": "17"}}, {"version": "17"}):
        body = {"plan": "heroku-postgresql:essential-1", **more}
        refused = await api.refusal("PATCH", path, body)
        known = f"Unknown params: {next(iter(more))}. This endpoint takes: name, plan."
        assert refused == (422, "invalid_params", known)
        assert await state_of(api, addon["id"]) == before

    await api.patch(path, {"plan": "heroku-postgresql:essential-1"})
    assert api.backends.postgres.present[addon["id"]].version == "16"


async def state_of(api: Api, addon: str) -> tuple[object, ...]:
    """Return all that a change of plan could affect: add-on, config vars, releases, database."""
    paths = (f"/addons/{addon}", "/apps/shop/config-vars", "/apps/shop/releases")
    return (*[await api.get(path) for path in paths], api.backends.postgres.present[addon])


async def test_an_empty_plan_means_the_same_plan(api: Api) -> None:
    """https://github.com/heroku/heroku-go sends an empty plan if only the name changes."""
    await api.app()
    addon = await api.addon("memcachier:dev")

    changed = await api.patch(f"/apps/shop/addons/{addon['name']}", {"plan": "", "name": "cache"})

    assert (changed["plan"], changed["name"]) == (addon["plan"], "cache")
    assert await api.get("/addons/cache") == changed


async def test_a_plan_of_another_service_is_refused(api: Api) -> None:
    await api.app()
    addon = await api.addon("memcachier:dev")
    path = f"/apps/shop/addons/{addon['id']}"

    assert (await api.refusal("PATCH", path, {"plan": "papertrail:choklad"}))[0] == 422
    assert (await api.get(path))["plan"]["name"] == "memcachier:dev"


async def test_a_plan_that_the_service_fails_to_change_stays(api: Api) -> None:
    await api.app()
    addon = await api.addon("memcachier:dev")
    api.backends.memcachier.broken = True
    path = f"/apps/shop/addons/{addon['id']}"

    assert (await api.refusal("PATCH", path, {"plan": "memcachier:100"}))[0] == 503
    assert (await api.get(path))["plan"]["name"] == "memcachier:dev"


async def test_a_destroyed_add_on_takes_its_config_vars_with_it(api: Api) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"A": "1"})
    addon = await api.addon("heroku-postgresql:essential-0")

    deleted = await api.delete(f"/apps/shop/addons/{addon['id']}")

    assert (deleted["id"], deleted["state"]) == (addon["id"], "deprovisioned")
    assert await api.get("/apps/shop/config-vars") == {"A": "1"}
    assert api.backends.postgres.present == {}
    assert await api.refusal("GET", f"/addons/{addon['id']}") == (
        404,
        "not_found",
        "Couldn't find that add-on.",
    )
    gone = await api.call("GET", f"/apps/shop/addons/{addon['name']}")
    assert gone.body["resource"] == "addon"


async def test_an_app_deleted_while_its_database_is_made_leaves_no_database(api: Api) -> None:
    await api.app()
    body = {"plan": "heroku-postgresql:essential-0"}

    created, _ = await asyncio.gather(
        api.call("POST", "/apps/shop/addons", body), api.call("DELETE", "/apps/shop")
    )

    assert created.status in (201, 404)
    assert api.backends.postgres.present == {}
    assert await api.get("/addons") == []


async def test_add_ons_are_listed_by_app_account_and_team(api: Api) -> None:
    await api.app()
    await api.team_app()
    mine = await api.addon("memcachier:dev")
    team = await api.addon("papertrail:choklad", "team-shop")

    assert await api.get("/apps/shop/addons") == [mine]
    assert await api.get("/teams/acme/addons") == [team]
    assert sorted(a["id"] for a in await api.get("/addons")) == sorted([mine["id"], team["id"]])
    assert team["billing_entity"]["type"] == "team"
    assert team["billed_price"] == {"cents": 0, "contract": True, "unit": "month"}


async def test_an_add_on_is_resolved_by_any_of_its_names(api: Api) -> None:
    await api.app()
    addon = await api.addon("heroku-postgresql:essential-0")
    path = "/actions/addons/resolve"

    assert await api.post(path, {"addon": "DATABASE", "app": "shop"}) == [addon]
    assert await api.post(path, {"addon": addon["name"], "app": None}) == [addon]
    other = {"addon": addon["name"], "addon_service": "memcachier"}
    assert (await api.refusal("POST", path, other))[:2] == (404, "not_found")


async def test_an_app_knows_its_only_add_on_of_a_service_by_the_service(api: Api) -> None:
    await api.app()
    cache = await api.addon("memcachier:dev")
    path = "/apps/shop/addons/memcachier"

    assert (await api.get(path))["id"] == cache["id"]
    other = await api.addon("memcachier:100")
    message = (
        f"Ambiguous identifier; multiple matching add-ons found: {cache['name']}, {other['name']}."
    )
    for method, body in (("GET", None), ("DELETE", {}), ("PATCH", {"name": "cache"})):
        assert await api.refusal(method, path, body) == (422, "multiple_matches", message)
    assert len(await api.get("/apps/shop/addons")) == 2
    assert (await api.get("/apps/shop/addons/memcachier:100"))["id"] == other["id"]


async def test_all_matching_add_ons_are_resolved(api: Api) -> None:
    await api.app()
    await api.app("stall")
    mine = [await api.addon("memcachier:dev"), await api.addon("memcachier:100")]
    elsewhere = await api.addon("memcachier:dev", "stall")
    stranger = api.of("stranger@other.example")
    await stranger.app("alien")
    theirs = await stranger.addon("memcachier:dev", "alien")

    async def resolved(who: Api, addon: str, app: str | None = None) -> list[str]:
        question = {"addon": addon, "app": app}
        return [one["id"] for one in await who.post("/actions/addons/resolve", question)]

    ids = [one["id"] for one in mine]
    assert await resolved(api, "memcachier", "shop") == ids
    assert await resolved(api, "memcachier:100", "shop") == ids[1:]
    assert await resolved(api, "memcachier") == [*ids, elsewhere["id"]]
    assert await resolved(stranger, "memcachier") == [theirs["id"]]
    assert (await stranger.get("/addons/memcachier"))["id"] == theirs["id"]
    assert (await api.refusal("GET", "/addons/memcachier"))[:2] == (422, "multiple_matches")
    (found,) = await api.post("/actions/addons/resolve", {"addon": "memcachier", "app": "stall"})
    assert found["web_url"] == f"{api.url}/#/apps/stall"


async def test_an_add_on_is_found_by_an_app_s_name_for_it(api: Api) -> None:
    await api.app()
    await api.app("stall")
    addon = await api.addon("heroku-postgresql:essential-0")
    path = "/actions/addons/resolve"

    for name in ("shop::DATABASE", "shop::DATABASE_URL", f"shop::{addon['name']}"):
        assert await api.post(path, {"addon": name, "app": None}) == [addon]
        assert await api.get(f"/addons/{name}") == addon
        assert await api.get(f"/apps/shop/addons/{name}") == addon
    assert (await api.refusal("GET", "/apps/stall/addons/shop::DATABASE"))[0] == 404
    shared = {"addon": "shop::DATABASE", "app": "stall", "name": "SHARED"}
    assert (await api.post("/addon-attachments", shared))["addon"]["id"] == addon["id"]
    assert await api.get("/addons/stall::SHARED") == addon
    assert await api.refusal("GET", "/addons/shop::NONE") == (
        404,
        "not_found",
        "Couldn't find that add-on.",
    )
    assert (await api.call("GET", "/addons/none::DATABASE")).body["resource"] == "app"
    stranger = api.of("stranger@other.example")
    await api.addon("heroku-postgresql:essential-0")
    for name in ("shop::DATABASE", "shop::heroku-postgresql"):
        assert (await stranger.refusal("GET", f"/addons/{name}"))[:2] == (404, "not_found")
        question = {"addon": name, "app": None}
        assert (await stranger.refusal("POST", path, question))[:2] == (403, "forbidden")


async def test_unresolved_add_ons_are_reported_as_the_heroku_cli_expects(api: Api) -> None:
    await api.app()
    await api.app("stall")
    addon = await api.addon("memcachier:dev", "stall")

    question = {"addon": addon["name"], "app": "shop"}
    gone = await api.call("POST", "/actions/addons/resolve", question)

    assert (gone.status, gone.body["id"], gone.body["resource"]) == (404, "not_found", "add_on")


@pytest.mark.parametrize("service", ["sendgrid", "bonsai", "cloudamqp", "newrelic"])
async def test_a_service_that_only_exists_on_heroku_is_a_record(api: Api, service: str) -> None:
    await api.app()

    addon = await api.addon(service)

    config = await api.get("/apps/shop/config-vars")
    assert addon["config_vars"]
    assert list(config) == addon["config_vars"]
    assert all(config.values())
