"""Add-ons and their attachments."""

from __future__ import annotations

from tests.cli.heroku import Heroku
from tests.heroku.client import Api

PLAN = "heroku-postgresql:essential-0"


async def test_an_addon_lives_and_goes(heroku: Heroku, api: Api) -> None:
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

    await heroku("addons:rename", "shop-db", "shop-data")
    info = (await heroku("addons:info", "shop-data")).stdout
    for line in (f"Plan:         {PLAN}", "Attachments:  shop::DATABASE", "Owning app:   shop"):
        assert line in info
    gone = await heroku("addons:destroy", "shop-data", "-a", "shop", "--confirm", "shop")
    assert "Destroying shop-data on shop... done" in gone.stderr
    assert await api.get("/apps/shop/addons") == []


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


async def test_a_price_that_is_not_known_is_a_contract_s(heroku: Heroku, api: Api) -> None:
    await api.app()
    await api.addon("papertrail:choklad", name="shop-log")
    price = ["contract", "contract"]
    row = ["papertrail", "(shop-log)", "choklad", *price, "created"]
    assert row in (await heroku("addons", "-a", "shop")).rows
    assert ["Price:", "contract"] in (await heroku("addons:info", "shop-log")).rows


async def test_services_and_plans_are_told(heroku: Heroku) -> None:
    services = await heroku("addons:services")
    assert ["heroku-postgresql", "Heroku", "Postgres", "ga"] in services.rows
    plans = await heroku("addons:plans", "heroku-postgresql")
    assert ["default", PLAN, "Essential", "0", "~$0.007/hour", "$5/month"] in plans.rows
