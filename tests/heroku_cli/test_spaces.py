"""`heroku spaces`, `heroku keys` and `heroku labs`."""

from __future__ import annotations

from tests.heroku_cli.heroku import Heroku
from tests.localheroku.api.test_spaces import allocated
from tests.localheroku.api.test_ssh_keys import public_key
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient


async def test_a_space_is_created_shown_and_destroyed(heroku: Heroku, api: Api) -> None:
    made = await heroku("spaces:create", "-s", "acme-space", "-t", "acme", "--region", "frankfurt")
    assert ["State:", "allocating"] in made.rows
    await allocated(api)
    await api.post("/teams/apps", {"name": "shop", "team": "acme", "space": "acme-space"})
    await api.build("web: serve")

    assert (await heroku("spaces")).rows[-1][:4] == ["acme-space", "acme", "frankfurt", "allocated"]
    assert "Outbound IPs: 203.0.113." in (await heroku("spaces:wait", "-s", "acme-space")).stdout
    assert "web.1: up" in (await heroku("spaces:ps", "-s", "acme-space")).stdout
    assert "shop.localhost" in (await heroku("spaces:topology", "-s", "acme-space")).stdout
    await api.delete("/apps/shop")
    await heroku("spaces:rename", "--from", "acme-space", "--to", "other-space")
    await heroku("spaces:destroy", "-s", "other-space", "--confirm", "other-space")
    assert await api.get("/spaces") == []


async def test_access_to_a_space_is_configured(heroku: Heroku, api: Api) -> None:
    await api.post("/spaces", {"name": "acme-space", "team": "acme"})
    await allocated(api)
    of_space = ("-s", "acme-space")

    await heroku("spaces:trusted-ips:add", "198.51.100.0/24", *of_space, "--confirm", "acme-space")
    assert "198.51.100.0/24" in (await heroku("spaces:trusted-ips", *of_space)).stdout
    gateway = ("--ip", "198.51.100.7", "--cidrs", "172.16.0.0/16")
    await heroku("spaces:vpn:connect", "office", *gateway, *of_space)
    await heroku("spaces:vpn:wait", "office", "-i", "1", *of_space)
    assert "DOWN/DOWN" in (await heroku("spaces:vpn:connections", *of_space)).stdout
    await ControlClient(api).post("/peerings", {"space": "acme-space", "pcx_id": "pcx-01234567"})
    await heroku("spaces:peerings:accept", "pcx-01234567", *of_space)
    assert "pcx-01234567" in (await heroku("spaces:peerings", *of_space)).stdout
    assert "10.0.0.0/16" in (await heroku("spaces:peering:info", *of_space)).stdout


async def test_keys_and_labs(heroku: Heroku, api: Api) -> None:
    (heroku.folder / "key.pub").write_text(public_key())

    await heroku("keys:add", "key.pub")
    assert "dev@acme.example" in (await heroku("keys")).stdout
    await heroku("keys:remove", "dev@acme.example")
    assert await api.get("/account/keys") == []
    await api.app()
    await heroku("labs:enable", "runtime-dyno-metadata", "-a", "shop")
    assert "[+] runtime-dyno-metadata" in (await heroku("labs", "-a", "shop")).stdout
