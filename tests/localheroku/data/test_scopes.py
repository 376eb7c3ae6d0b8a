"""What a key without a scope for secrets can read."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from localheroku.api import endpoints
from tests.localheroku.api.test_oauth import PATH as AUTHORIZATIONS
from tests.localheroku.client import Api

pytestmark = pytest.mark.e2e

DRAIN = "https://user:drain-secret@logs.example/"
PLAIN = ("read", "write")
ENDS = re.compile("deprovision|rotation")
"""Calls that remove the secrets that the test searches for."""


async def test_no_answer_to_a_plain_key_has_a_password(api: Api) -> None:
    await api.app()
    addon = await api.addon("heroku-postgresql:standard-0")
    await api.patch("/apps/shop/config-vars", {"TOKEN": "config-secret"})
    drain = await api.post("/apps/shop/log-drains", {"url": DRAIN})
    url = (await api.get("/apps/shop/config-vars"))["DATABASE_URL"]
    secrets = ("config-secret", "drain-secret", urlsplit(url).password)
    names = {"app": "shop", "addon": addon["name"], "drain": drain["id"], "credential": "default"}
    paths = [
        (endpoint.method, path)
        for endpoint in endpoints()
        if endpoint.method != "DELETE" and not ENDS.search(endpoint.name)
        if (path := filled(endpoint.name.partition(" ")[2], names))
    ]

    for scope in PLAIN:
        made = await api.post(AUTHORIZATIONS, {"scope": [scope]})
        key = replace(api, key=made["access_token"]["token"])
        for method, path in paths:
            answer = await key.call(method, path, None if method == "GET" else {})
            leaks = [secret for secret in secrets if secret and secret in str(answer.body)]
            assert not leaks, f"{method} {path}"

    assert len(paths) > 50
    details = await api.get(f"/client/v11/databases/{addon['id']}")
    assert details["resource_url"] == url


@pytest.mark.parametrize(
    "route",
    [
        "GET /client/v11/databases/{addon}",
        "POST /client/v11/apps/{app}/transfers/{transfer}/actions/public-url",
        "GET /apps/{app}/log-drains",
        "DELETE /apps/{app}/log-drains/{drain}",
        "PATCH /addons/{addon}/config",
        "GET /spaces/{space}/vpn-connections/{vpn}",
    ],
)
def test_secrets_need_a_protected_scope(route: str) -> None:
    scopes = {row.name: row.scopes for row in endpoints()}
    assert not {*PLAIN} & {*scopes[route]}


def filled(path: str, names: dict[str, str]) -> str | None:
    """Return the path with its names filled in; None if one is unknown."""
    fields = re.findall(r"{(\w+)}", path)
    if not fields or not set(fields) <= names.keys():
        return None
    return path.format_map(names)
