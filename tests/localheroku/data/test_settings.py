"""Settings of a database."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api
from tests.localheroku.databases import rows

pytestmark = pytest.mark.e2e


async def settings(api: Api, plan: str) -> str:
    """Return the path of the settings of a new app's new database."""
    await api.app()
    addon = await api.addon(f"heroku-postgresql:{plan}")
    return f"/postgres/v0/databases/{addon['id']}/config"


async def test_a_setting_holds_for_the_database_and_outlives_its_contents(api: Api) -> None:
    path = await settings(api, "standard-0")
    url = (await api.get("/apps/shop/config-vars"))["DATABASE_URL"]
    before = await api.get(path)
    assert {name: setting["value"] for name, setting in before.items()} == {
        "log_connections": False,
        "log_lock_waits": False,
        "log_min_duration_statement": -1,
        "log_min_error_statement": "error",
        "log_statement": "none",
        "track_functions": "none",
    }

    changes = {"log_statement": "ddl", "log_min_duration_statement": 2000, "log_lock_waits": True}
    after = await api.patch(path, changes)

    assert {name: after[name]["value"] for name in changes} == changes
    database = path.replace("/postgres/v0/", "/client/v11/").removesuffix("/config")
    await api.put(f"{database}/reset", {})
    assert await api.get(path) == after
    assert await rows(url, "SHOW log_statement") == [("ddl",)]
    assert await rows(url, "SHOW log_min_duration_statement") == [("2s",)]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("log_statement", "some", 'cannot be "some": write none, ddl, mod, all.'),
        ("log_lock_waits", "yes", 'cannot be "yes": write true or false.'),
        ("log_connections", True, "the local Heroku cannot change it for a single database."),
        ("log_min_duration_statement", True, "cannot be true: write a whole number of"),
        ("work_mem", "1GB", "Unknown params: work_mem."),
    ],
)
async def test_an_invalid_setting_is_rejected(
    api: Api, name: str, value: object, words: str
) -> None:
    path = await settings(api, "standard-0")

    status, _, message = await api.refusal("PATCH", path, {name: value})

    assert status == 422
    assert words in message


async def test_essential_databases_have_no_settings(api: Api) -> None:
    path = await settings(api, "essential-0")
    refused = "You can't perform this operation on Essential-tier databases."

    assert (await api.refusal("GET", path))[2] == refused
    assert (await api.refusal("PATCH", path, {"log_statement": "all"}))[2] == refused
