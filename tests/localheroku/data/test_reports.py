"""Diagnoses of a database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.localheroku.client import Api
from tests.localheroku.databases import rows

pytestmark = pytest.mark.e2e

FOUND = 404, "not_found", "Couldn't find that report."


async def question(api: Api) -> dict[str, Any]:
    """Return what `heroku pg:diagnose` sends for a new app's new database."""
    await api.app()
    addon = await api.addon("heroku-postgresql:standard-0")
    database = f"/client/v11/databases/{addon['id']}"
    url = (await api.get("/apps/shop/config-vars"))["DATABASE_URL"]
    assert await api.get(f"{database}/burst_status") == {}
    return {
        "app": "shop",
        "database": "DATABASE_URL",
        "metrics": await api.get(f"{database}/metrics"),
        "plan": "standard-0",
        "url": url,
    }


async def test_a_healthy_database_is_all_green(api: Api) -> None:
    request = await question(api)

    report = await api.post("/reports", request)

    assert {check["status"] for check in report["checks"]} == {"green"}
    assert (report["app"], report["database"]) == ("shop", "DATABASE_URL")
    assert await api.get(f"/reports/{report['id']}") == report
    api.heroku.platform.clock.move(timedelta(days=31))
    assert await api.refusal("GET", f"/reports/{report['id']}") == FOUND


async def test_trouble_is_found(api: Api) -> None:
    request = await question(api)
    await rows(
        request["url"], "CREATE SEQUENCE numbers MAXVALUE 10 START 9; SELECT nextval('numbers')"
    )
    await rows(request["url"], "CREATE TABLE visits AS SELECT 1 AS number")
    found: dict[str, tuple[str, Any]] = {}
    async with await psycopg.AsyncConnection.connect(request["url"]) as first:
        await first.execute("LOCK TABLE visits")
        blocked = asyncio.create_task(rows(request["url"], "SELECT count(*) FROM visits"))
        while "Blocking Queries" not in found:
            checks = (await api.post("/reports", request))["checks"]
            found = {c["name"]: (c["status"], c["results"]) for c in checks if c["results"]}
    await blocked

    assert found.keys() == {"Blocking Queries", "Sequences"}
    assert found["Sequences"][0] == "yellow"
    status, (query,) = found["Blocking Queries"]
    assert status == "red"
    assert query["blocking_statement"] == "LOCK TABLE visits"


async def test_only_a_database_of_the_app_is_diagnosed(api: Api) -> None:
    request = await question(api)
    await api.app("stall")

    refused = await api.refusal("POST", "/reports", {**request, "app": "stall"})

    assert refused == (404, "not_found", "App stall has no database with that URL.")
