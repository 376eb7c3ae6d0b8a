"""`heroku addons:wait`, `domains:wait` and `pg:wait` during provisioning."""

from __future__ import annotations

import asyncio

from tests.heroku_cli.heroku import Heroku, is_requested
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient

APP = ("-a", "shop")
HOST = "www.acme.example"
POLLED = (
    "GET /apps/{app}/addons/{addon}",
    "GET /client/v11/databases/{addon}/wait_status",
    "GET /apps/{app}/domains/{domain}",
)
"""The endpoints that the commands poll."""


async def test_the_commands_end_when_provisioning_ends(heroku: Heroku, api: Api) -> None:
    """Run them at the same time: the CLI polls domains every five seconds, without an option."""
    local = ControlClient(api)
    await api.app()
    await local.patch("/settings", {"provisioning": {"addon": 3600, "domain": 3600}})
    await api.addon("heroku-postgresql:essential-0", name="shop-db")
    await api.post("/apps/shop/domains", {"hostname": HOST, "sni_endpoint": None})
    waiting = [
        asyncio.create_task(heroku("addons:wait", "shop-db", "--wait-interval", "1", *APP)),
        asyncio.create_task(heroku("pg:wait", "--wait-interval", "1", *APP)),
        asyncio.create_task(heroku("domains:wait", HOST, *APP)),
    ]
    for route in POLLED:
        await is_requested(api, route)
    assert not any(each.done() for each in waiting)

    await local.advance(3600)

    addon, database, domain = await asyncio.gather(*waiting)
    assert "Created shop-db as DATABASE_URL" in addon.stdout
    assert "Waiting for database shop-db... available" in database.stderr
    assert f"Waiting for {HOST}... done" in domain.stderr
