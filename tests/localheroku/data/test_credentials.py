"""Credentials of a database."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg
import pytest

from tests.localheroku.client import Api
from tests.localheroku.databases import rows

pytestmark = pytest.mark.e2e


async def credentials(api: Api, plan: str = "essential-0") -> str:
    """Return the path of the credentials of a new app's new database."""
    await api.app()
    addon = await api.addon(f"heroku-postgresql:{plan}")
    return f"/postgres/v0/databases/{addon['name']}/credentials"


async def url(api: Api) -> str:
    return str((await api.get("/apps/shop/config-vars"))["DATABASE_URL"])


async def test_the_default_credential_is_the_one_in_the_config_var(api: Api) -> None:
    path = await credentials(api)
    parts = urlsplit(await url(api))

    details = await api.get(f"{path}/default")

    assert await api.get(path) == [details]
    assert (details["host"], details["port"]) == (parts.hostname, parts.port)
    assert details["database"] == parts.path[1:]
    (login,) = details["credentials"]
    assert (login["user"], login["password"]) == (parts.username, parts.password)
    assert (await api.refusal("GET", f"{path}/gandalf"))[0] == 404


@pytest.mark.parametrize("rotation", ["s/default/credentials_rotation", "s_rotation"])
async def test_a_rotation_replaces_the_password_everywhere(api: Api, rotation: str) -> None:
    path = await credentials(api)
    before = await url(api)

    await api.post(f"{path[:-1]}{rotation}", {"forced": True})

    after = await url(api)
    assert after != before
    assert await rows(after, "SELECT 1") == [(1,)]
    with pytest.raises(psycopg.OperationalError):
        await rows(before, "SELECT 1")
    releases = await api.get("/apps/shop/releases")
    assert releases[-1]["description"] == "Update DATABASE"


async def test_the_default_credential_is_the_only_one(api: Api) -> None:
    essential = await credentials(api)
    refused = await api.refusal("POST", essential, {"name": "gandalf"})
    assert refused[2] == "You can't create a custom credential on Essential-tier databases."
    await api.delete("/apps/shop")
    standard = await credentials(api, "standard-0")

    refused = await api.refusal("POST", standard, {"name": "gandalf"})

    assert refused[2].startswith("Cannot create credential gandalf:")
    assert (await api.refusal("DELETE", f"{standard}/default"))[0] == 422
    assert (await api.refusal("DELETE", f"{standard}/gandalf"))[0] == 404
