"""Databases in the data API."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from localheroku.api.addons.attachments.records import PROVISIONING, Addon
from tests.localheroku.client import Api
from tests.localheroku.databases import rows

pytestmark = pytest.mark.e2e

VISITS = "CREATE TABLE visits AS SELECT generate_series(1, 3) AS number"
COUNT = "SELECT count(*) FROM visits"


async def database(api: Api, plan: str = "essential-0") -> tuple[str, str]:
    """Return the path of a new app's new database in the data API, and its URL."""
    await api.app()
    addon = await api.addon(f"heroku-postgresql:{plan}")
    config = await api.get("/apps/shop/config-vars")
    return f"/client/v11/databases/{addon['id']}", config["DATABASE_URL"]


def lines(info: Any) -> dict[str, str]:
    return {line["name"]: ", ".join(line["values"]) for line in info["info"]}


async def test_a_databases_facts_are_correct(api: Api) -> None:
    path, url = await database(api)
    await rows(url, VISITS)
    async with await psycopg.AsyncConnection.connect(url) as connection:
        version = connection.info.parameter_status("server_version")

        info = await api.get(path)

    assert lines(info) == {
        "Plan": "Essential 0",
        "Status": "Available",
        "Connections": "1/20",
        "PG Version": version,
        "Created": f"{info['created_at'][:10]} {info['created_at'][11:16]} UTC",
        "Data Size": lines(info)["Data Size"],
        "Tables": "1",
        "Fork/Follow": "Unsupported",
        "Rollback": "Unsupported",
        "Continuous Protection": "Off",
    }
    (size,) = await rows(url, "SELECT pg_database_size(current_database())")
    assert lines(info)["Data Size"] == f"{float(str(size[0])) / (1 << 20):.1f} MB/1.0 GB"
    assert info["resource_url"] == url
    assert await api.get(f"{path}/wait_status") == {"message": "available", "waiting?": False}


async def test_a_database_is_found_by_its_name_and_not_by_another_add_on(api: Api) -> None:
    path, _ = await database(api)
    info = await api.get(path)
    cache = await api.addon("memcachier:dev")

    assert (await api.get(f"/client/v11/databases/{info['name']}"))["id"] == info["id"]
    assert await api.refusal("GET", f"/client/v11/databases/{cache['id']}") == (
        404,
        "not_found",
        "Couldn't find that database.",
    )


async def test_a_database_that_is_being_created_is_waited_for(api: Api) -> None:
    path, _ = await database(api)
    platform = api.heroku.platform
    (addon,) = platform.store.every(Addon)
    platform.change(addon, state=PROVISIONING)

    refused = await api.refusal("GET", path)

    assert refused == (404, "not_found", f"Database {addon.name} is not yet provisioned.")
    assert (await api.get(f"{path}/wait_status"))["waiting?"]


async def test_a_reset_empties_the_database_despite_connections(api: Api) -> None:
    path, url = await database(api)
    await rows(url, VISITS)
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await api.put(f"{path}/reset", {"extensions": ["hstore", "apart.citext"]})
        with pytest.raises(psycopg.OperationalError):
            await connection.execute("SELECT 1")

    assert await rows(url, "SELECT to_regclass('visits')") == [(None,)]
    assert await rows(
        url,
        "SELECT extname, nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
        " WHERE extname <> 'plpgsql' ORDER BY extname",
    ) == [("citext", "apart"), ("hstore", "public")]
    await rows(url, VISITS)


async def test_a_failed_reset_keeps_everything(api: Api) -> None:
    path, url = await database(api)
    await rows(url, VISITS)

    status, _, message = await api.refusal("PUT", f"{path}/reset", {"extensions": ["nope"]})

    assert status == 422
    assert (
        'which keeps its data: cannot create extension nope: extension "nope" is not available'
        in message
    )
    assert await rows(url, COUNT) == [(3,)]
    databases = await rows(url, "SELECT datname FROM pg_database WHERE datname LIKE '%\\_next'")
    assert databases == []


async def test_a_refused_change_of_plan_keeps_limit_and_rows(api: Api) -> None:
    path, url = await database(api)
    await rows(url, VISITS)
    before = await api.get(path)
    addon = f"/apps/shop/addons/{before['name']}"

    refused = await api.refusal("PATCH", addon, {"plan": "heroku-postgresql:standard-0"})

    assert refused[:2] == (422, "addon_error")
    assert await api.get(path) == before
    limit = "SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user"
    assert await rows(url, limit) == [(20,)]
    assert await rows(url, COUNT) == [(3,)]
    await api.patch(addon, {"plan": "heroku-postgresql:essential-2"})
    assert await rows(url, limit) == [(40,)]
    assert await rows(url, COUNT) == [(3,)]


async def test_connections_and_statistics_are_reset(api: Api) -> None:
    path, url = await database(api, "standard-0")
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await api.post(f"{path}/connection_reset")
        with pytest.raises(psycopg.OperationalError):
            await connection.execute("SELECT 1")

    await api.put(f"{path}/stats_reset", {})

    when = "SELECT stats_reset IS NOT NULL FROM pg_stat_database WHERE datname = current_database()"
    assert await rows(url, when) == [(True,)]


async def test_unsupported_operations_have_an_error_that_says_why(api: Api) -> None:
    path, _ = await database(api, "standard-0")
    info = await api.get(path)
    name, version = info["name"], info["postgres_version"]
    stays = (
        f"Cannot upgrade database {name} from Postgres {version}: the local Heroku does not "
        "upgrade databases in place. Run `dynostack postgres move STACK` to copy it to a new "
        "database."
    )

    for step in ("prepare", "dry_run", "run"):
        refused = await api.refusal("POST", f"{path}/upgrade/{step}", {"version": "17"})
        assert refused == (422, "invalid_params", stays)
    assert (await api.refusal("POST", f"{path}/upgrade/cancel", {}))[0] == 422
    assert not (await api.get(f"{path}/upgrade/wait_status"))["waiting?"]
    assert (await api.refusal("PUT", f"{path}/unfollow"))[
        2
    ] == f"Database {name} is not a follower."
    assert await api.get(f"{path}/links") == []
    refused = await api.refusal("POST", f"{path}/links", {"target": name})
    assert refused[2].endswith("the local Heroku does not link data stores.")
    assert (await api.refusal("DELETE", f"{path}/links/any"))[0] == 404


async def test_essential_databases_are_not_linked(api: Api) -> None:
    path, _ = await database(api)

    refused = await api.refusal("POST", f"{path}/links", {"target": "other"})

    assert refused[2] == "pg:links isn't available for Essential-tier databases."


async def test_a_server_that_fails_is_heroku_s_failure(api: Api) -> None:
    path, url = await database(api)
    admin = url.rpartition("/")[0] + "/postgres"
    with pytest.raises(psycopg.OperationalError):
        await rows(admin, "SELECT 1")
    platform = api.heroku.platform
    (addon,) = platform.store.every(Addon)
    await platform.backends.services[addon.service].deprovision(addon.id)

    status, identity, message = await api.refusal("GET", path)

    assert (status, identity) == (503, "database_error")
    assert message == f"Database {addon.name} failed: the database does not exist"
