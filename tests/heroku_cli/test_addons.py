"""Add-ons and their attachments."""

from __future__ import annotations

import pytest

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api

pytestmark = pytest.mark.long

PLAN = "heroku-postgresql:essential-0"


async def test_an_add_on_is_created_changed_and_destroyed(heroku: Heroku, api: Api) -> None:
    await api.app()
    made = await heroku("addons:create", PLAN, "-a", "shop", "--name", "shop-db", "--wait")
    assert "Created shop-db as DATABASE_URL" in made.stdout + made.stderr

    async def plan() -> str:
        return str((await api.get("/apps/shop/addons/shop-db"))["plan"]["name"])

    await heroku("addons:upgrade", "shop-db", "heroku-postgresql:essential-1", "-a", "shop")
    assert await plan() == "heroku-postgresql:essential-1"
    done = await heroku("addons:downgrade", "shop-db", PLAN, "-a", "shop")
    assert f"from heroku-postgresql:essential-1 to {PLAN}... done" in done.stderr
    assert await plan() == PLAN

    listed = await heroku("addons", "-a", "shop")
    row = ["heroku-postgresql", "(shop-db)", "essential-0", "~$0.007/hour", "$5/month", "created"]
    assert row in listed.rows
    assert [row[1:3] for row in listed.rows if "DATABASE" in row] == [["as", "DATABASE"]]
    assert ["shop", "shop-db", PLAN, *row[3:]] in (await heroku("addons", "--all")).rows

    (attachment,) = await api.get("/apps/shop/addon-attachments")
    (addon_json,) = (await heroku("addons", "--app", "shop", "--json")).json
    assert [each["id"] for each in addon_json["attachments"]] == [attachment["id"]]

    await heroku("addons:rename", "shop-db", "shop-data")
    info = (await heroku("addons:info", "shop-data")).stdout
    for line in (f"Plan:         {PLAN}", "Attachments:  shop::DATABASE", "Owning app:   shop"):
        assert line in info
    gone = await heroku("addons:destroy", "shop-data", "-a", "shop", "--confirm", "shop")
    assert "Destroying shop-data on shop... done" in gone.stderr
    assert await api.get("/apps/shop/addons") == []


async def test_a_database_of_another_tier_is_another_addon(heroku: Heroku, api: Api) -> None:
    """The CLI prints the error in one line, above the line with its id."""
    await api.app()
    await api.addon(PLAN, name="shop-db")
    await api.addon("heroku-postgresql:standard-0", name="big-db")
    before = await api.get("/apps/shop/addons")

    for command, addon, old, new in (
        ("addons:upgrade", "shop-db", "essential-0", "standard-0"),
        ("addons:downgrade", "big-db", "standard-0", "essential-0"),
    ):
        refused = await heroku(
            command, addon, f"heroku-postgresql:{new}", "-a", "shop", exit_code=2
        )
        (line,) = [line for line in refused.stderr.splitlines() if "Error: " in line]
        assert line.endswith(
            f"Error: Cannot change {addon} from heroku-postgresql:{old} to heroku-postgresql:{new} "
            "in place: Essential-tier databases can only change to another plan in that tier, and "
            "databases of other tiers cannot change to it. Create a database of the new plan and "
            "use pg:copy instead."
        )
        assert "Error ID: addon_error" in refused.stderr
    assert await api.get("/apps/shop/addons") == before


async def test_a_taken_name_is_attached_when_that_is_confirmed(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.addon(PLAN, name="shop-db")
    await api.addon(PLAN, name="new-db", attachment={"name": "NEXT"})
    words = ("addons:attach", "new-db", "-a", "shop", "--as", "DATABASE")

    before = await api.get("/apps/shop/addon-attachments")
    prompt = await heroku(*words, exit_code=1)
    assert "Attaching DATABASE to app shop would replace the add-on" in prompt.stderr
    assert "re-run this command with --confirm shop" in prompt.stdout
    assert await api.get("/apps/shop/addon-attachments") == before
    done = await heroku(*words, "--confirm", "shop")

    assert "Attaching new-db as DATABASE to shop... done" in done.stderr
    last = await heroku("addons:detach", "NEXT", "-a", "shop")
    assert "Detaching NEXT to new-db from shop... done" in last.stderr


async def test_an_addon_is_shared_by_attachments(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.app("stall")
    await api.addon(PLAN, name="shop-db")
    done = await heroku("addons:attach", "shop-db", "-a", "stall", "--as", "SHOP")
    assert "Attaching shop-db as SHOP to stall... done" in done.stderr
    assert "SHOP_URL" in await api.get("/apps/stall/config-vars")
    listed = await heroku("addons", "-a", "stall")
    assert "as SHOP" in listed.stdout
    assert "(billed to shop app)" in listed.stdout
    done = await heroku("addons:detach", "SHOP", "-a", "stall")
    assert "Unsetting SHOP config vars and restarting stall... done, v3" in done.stderr
    assert await api.get("/apps/stall/config-vars") == {}


async def test_a_service_that_an_app_has_twice_is_ambiguous(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.addon(PLAN, name="one-db")
    await api.addon(PLAN, name="two-db")
    message = "Ambiguous identifier; multiple matching add-ons found: one-db, two-db."
    own = ("-a", "shop")
    for words in (
        ("addons:destroy", "heroku-postgresql", *own, "--confirm", "shop"),
        ("addons:info", "heroku-postgresql", *own),
        ("addons:info", "heroku-postgresql"),
        ("addons:upgrade", "heroku-postgresql:standard-0", *own),
    ):
        assert message in (await heroku(*words, exit_code=1)).stderr, words
    words = ("addons:attach", "heroku-postgresql", *own, "--as", "THIRD")
    assert message in (await heroku(*words, exit_code=2)).stderr
    assert len(await api.get("/apps/shop/addons")) == 2
    await heroku("addons:destroy", "two-db", *own, "--confirm", "shop")
    info = await heroku("addons:info", "heroku-postgresql", *own)
    assert "=== one-db" in info.stdout


async def test_an_addon_is_named_by_an_app_and_its_attachment(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.app("stall")
    await api.addon(PLAN, name="shop-db")
    assert "=== shop-db" in (await heroku("addons:info", "shop::DATABASE")).stdout
    assert "=== shop-db" in (await heroku("addons:info", "shop::DATABASE", "-a", "stall")).stdout
    done = await heroku("addons:attach", "shop::DATABASE", "-a", "stall", "--as", "SHOP")
    assert "Attaching shop-db as SHOP to stall... done" in done.stderr
    assert "SHOP_URL" in await api.get("/apps/stall/config-vars")
    opened = await heroku("addons:open", "stall::SHOP", "--show-url")
    assert opened.stdout == f"{api.url}/#/apps/stall\n"
    await heroku("addons:destroy", "shop::DATABASE", "-a", "shop", "--confirm", "shop")
    assert await api.get("/addons") == []


async def test_a_credential_that_is_not_there_is_not_attached(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.addon(PLAN, name="shop-db")
    words = ("addons:attach", "shop-db", "-a", "shop", "--credential")
    refused = await heroku(*words, "reader", exit_code=1)
    assert "Could not find credential reader for database shop-db" in refused.stderr.replace(
        "⛁ ", ""
    )
    done = await heroku(*words, "default", "--as", "AGAIN")
    assert "as AGAIN to shop... done" in done.stderr.replace("⬢ ", "")


async def test_the_page_of_an_add_on_is_on_the_local_heroku(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.addon(PLAN, name="shop-db")
    for name in ("shop-db", "DATABASE", "heroku-postgresql"):
        output = await heroku("addons:open", name, "-a", "shop", "--show-url")
        assert output.stdout == f"{api.url}/#/apps/shop\n"
    async with api.session.get(output.stdout.strip(), headers={"Accept": "text/html"}) as page:
        assert (page.status, "dynostack local open" in await page.text()) == (200, True)


async def test_an_unknown_price_is_shown_as_set_by_contract(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.addon("papertrail:choklad", name="shop-log")
    price = ["contract", "contract"]
    row = ["papertrail", "(shop-log)", "choklad", *price, "created"]
    assert row in (await heroku("addons", "-a", "shop")).rows
    assert ["Price:", "contract"] in (await heroku("addons:info", "shop-log")).rows


async def test_services_and_plans_are_listed(heroku: Heroku) -> None:
    services = await heroku("addons:services")
    assert ["heroku-postgresql", "Heroku", "Postgres", "ga"] in services.rows
    plans = await heroku("addons:plans", "heroku-postgresql")
    assert ["default", PLAN, "Essential", "0", "~$0.007/hour", "$5/month"] in plans.rows
