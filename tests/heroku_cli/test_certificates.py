"""Certificates of domains, deliveries of webhooks, and transfers of apps to other users."""

from __future__ import annotations

from pathlib import Path

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.api.test_sni_endpoints import made
from tests.localheroku.client import Api

APP = ("-a", "shop")


async def test_certificates_are_added_shown_and_removed(
    heroku: Heroku, api: Api, tmp_path: Path
) -> None:
    await api.app()
    pair = made("shop.example", "shop.example")
    certificate, key = tmp_path / "shop.crt", tmp_path / "shop.key"
    certificate.write_text(pair.pem)
    key.write_text(pair.private())

    added = await heroku("certs:add", str(certificate), str(key), *APP)
    assert "SSL certificate is self signed." in added.stdout
    (endpoint,) = await api.get("/apps/shop/sni-endpoints")
    await heroku("domains:add", "shop.example", "--cert", endpoint["name"], *APP)
    listed = await heroku("certs", *APP)
    assert [endpoint["name"], "shop.example"] in [row[:2] for row in listed.rows]
    output = await heroku("certs:info", "--show-domains", *APP)
    assert ["Subject:", "/O=Acme/CN=shop.example"] in output.rows
    assert "Domain(s):" in output.stdout
    await heroku("certs:remove", "--confirm", "shop", *APP)
    assert await api.get("/apps/shop/sni-endpoints") == []


async def test_deliveries_are_listed_and_shown(heroku: Heroku, api: Api) -> None:
    await api.app()
    url = "http://127.0.0.1:1/hooks"
    wish = {"include": ["api:release"], "level": "notify", "url": url}
    await api.post("/apps/shop/webhooks", wish)
    await api.patch("/apps/shop/config-vars", {"A": "1"})
    (delivery,) = await api.get("/apps/shop/webhook-deliveries")
    await api.settled(f"/apps/shop/webhook-deliveries/{delivery['id']}")

    listed = await heroku("webhooks:deliveries", "--status", "failed", *APP)

    assert delivery["id"] in listed.stdout
    output = await heroku("webhooks:deliveries:info", delivery["id"], *APP)
    assert ["Error:", "ConnectorError"] in output.rows
    assert '"Set A config vars"' in output.stdout


async def test_an_app_is_transferred(heroku: Heroku, api: Api) -> None:
    await api.app()
    dev = api.of("dev@acme.example")

    offered = await heroku("apps:transfer", "dev@acme.example", *APP)

    assert "Initiating transfer of shop to dev@acme.example... email sent" in offered.stderr
    (transfer,) = await dev.get("/account/app-transfers")
    await api.delete(f"/account/app-transfers/{transfer['id']}")
    output = await heroku("apps:transfer", "acme", *APP)
    assert "Transferring shop to acme... done" in output.stderr
    assert (await api.get("/apps/shop"))["team"]["name"] == "acme"
