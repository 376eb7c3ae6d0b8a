"""Domains, log drains and webhooks of an app."""

from __future__ import annotations

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api

HOST = "www.acme.example"
DRAIN = "syslog+tls://logs.acme.example:6514"
HOOK = "https://hooks.acme.example/heroku"


async def test_domains_are_added_and_removed(heroku: Heroku, api: Api) -> None:
    await api.app()

    async def names() -> list[str]:
        found = await api.get("/apps/shop/domains")
        return [each["hostname"] for each in found if each["kind"] == "custom"]

    added = await heroku("domains:add", HOST, "-a", "shop")
    assert "Configure your app's DNS provider to point to the DNS Target" in added.stdout
    assert await names() == [HOST]
    output = await heroku("domains", "-a", "shop")
    assert "=== shop Custom Domains" in output.stdout
    assert [HOST] in [row[:1] for row in output.rows]
    taken = await heroku("domains:add", HOST, "-a", "shop", exit_code=2)
    assert "Error ID: invalid_params" in taken.stderr
    removed = await heroku("domains:remove", HOST, "-a", "shop")
    assert "Removing www.acme.example from shop... done" in removed.stderr
    assert await names() == []


async def test_drains_are_added_and_removed(heroku: Heroku, api: Api) -> None:
    await api.app()
    added = await heroku("drains:add", DRAIN, "-a", "shop")
    assert f"Successfully added drain {DRAIN}" in added.stdout
    (drain,) = await api.get("/apps/shop/log-drains")
    output = await heroku("drains", "-a", "shop")
    assert output.rows[-1] == [DRAIN, f"({drain['token']})"]
    await heroku("drains:remove", DRAIN, "-a", "shop")
    assert await api.get("/apps/shop/log-drains") == []


async def test_webhooks_are_added_changed_and_removed(heroku: Heroku, api: Api) -> None:
    await api.app()
    added = await heroku(
        *("webhooks:add", "-i", "api:release", "-l", "notify", "-u", HOOK, "-a", "shop")
    )
    assert "=== Webhooks Signing Secret" in added.stdout
    (hook,) = await api.get("/apps/shop/webhooks")
    assert ["Include:", "api:release"] in (
        await heroku("webhooks:info", hook["id"], "-a", "shop")
    ).rows
    await heroku(
        *("webhooks:update", hook["id"], "-i", "api:release,dyno", "-l", "sync"),
        *("-u", HOOK, "-a", "shop"),
    )
    changed = await api.get(f"/apps/shop/webhooks/{hook['id']}")
    assert (changed["include"], changed["level"]) == (["api:release", "dyno"], "sync")
    listed = await heroku("webhooks", "-a", "shop")
    assert [hook["id"], HOOK, "api:release,dyno", "sync"] in listed.rows
    await heroku("webhooks:remove", hook["id"], "-a", "shop")
    assert await api.get("/apps/shop/webhooks") == []
