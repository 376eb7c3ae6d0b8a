"""Domains and the sites that they lead to."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api

DOMAINS = "/apps/shop/domains"


async def test_an_app_has_a_domain_of_its_own(api: Api) -> None:
    await api.app()

    (own,) = await api.get(DOMAINS)

    assert (own["hostname"], own["kind"], own["cname"]) == ("shop.localhost", "heroku", None)
    assert (await api.refusal("DELETE", f"{DOMAINS}/shop.localhost"))[0] == 422


async def test_a_domain_is_added_and_removed(api: Api) -> None:
    await api.app()

    domain = await api.post(DOMAINS, {"hostname": "WWW.Acme.example", "sni_endpoint": None})

    assert (domain["hostname"], domain["kind"]) == ("www.acme.example", "custom")
    assert (domain["cname"], domain["sni_endpoint"]) == ("shop.localhost", None)
    assert await api.get(f"{DOMAINS}/{domain['id']}") == domain
    assert await api.get(f"{DOMAINS}/www.acme.example") == domain
    domain = await api.patch(f"{DOMAINS}/{domain['id']}", {"sni_endpoint": None})
    assert (domain["hostname"], domain["sni_endpoint"]) == ("www.acme.example", None)
    assert await api.delete(f"{DOMAINS}/{domain['id']}") == domain
    assert await api.refusal("GET", f"{DOMAINS}/{domain['id']}") == (
        404,
        "not_found",
        "Couldn't find that domain name.",
    )


async def test_a_domain_belongs_to_one_app(api: Api) -> None:
    await api.app()
    await api.app("stall")
    body = {"hostname": "www.acme.example", "sni_endpoint": None}
    await api.post(DOMAINS, body)

    for path in (DOMAINS, "/apps/stall/domains"):
        assert (await api.refusal("POST", path, body))[0] == 422


@pytest.mark.parametrize(
    "body",
    [
        {"hostname": "www.acme.example"},
        {"hostname": "acme", "sni_endpoint": None},
        {"hostname": "http://acme.example", "sni_endpoint": None},
        {"hostname": "other.localhost", "sni_endpoint": None},
        {"hostname": "127.0.0.1", "sni_endpoint": None},
        {"hostname": "[::1]", "sni_endpoint": None},
        {"hostname": f"{'a' * 64}.example", "sni_endpoint": None},
    ],
)
async def test_an_invalid_domain_is_refused(api: Api, body: dict[str, object]) -> None:
    await api.app()

    assert (await api.refusal("POST", DOMAINS, body))[:2] == (422, "invalid_params")
    assert len(await api.get(DOMAINS)) == 1


async def test_host_names_lead_to_their_app(api: Api) -> None:
    app = await api.app()
    await api.post(DOMAINS, {"hostname": "www.acme.example", "sni_endpoint": None})
    await api.post(DOMAINS, {"hostname": "*.shop.example", "sni_endpoint": None})

    for host in ("shop.localhost", "SHOP.localhost:5050", "www.acme.example", "eu.shop.example"):
        async with api.session.get(f"{api.url}/anything", headers={"Host": host}) as response:
            assert (response.status, await response.text()) == (200, app["id"])


@pytest.mark.parametrize(
    "host", ["evil.example", "shop.example", "127.0.0.1.evil.example:5050", "[::1", "[::1]:80"]
)
async def test_a_foreign_host_name_is_refused(api: Api, host: str) -> None:
    await api.app()

    async with api.session.get(f"{api.url}/account", headers={"Host": host}) as response:
        assert response.status == 421
        assert (await response.json())["message"].startswith("Unknown host")


async def test_managed_certificates_are_awaited_by_added_domains(api: Api) -> None:
    await api.app()
    domain = await api.post(DOMAINS, {"hostname": "www.acme.example", "sni_endpoint": None})
    assert (domain["acm_status"], (await api.get("/apps/shop"))["acm"]) == (None, False)

    assert (await api.post("/apps/shop/acm"))["acm"] is True

    statuses = {one["kind"]: one["acm_status"] for one in await api.get(DOMAINS)}
    assert statuses == {"heroku": None, "custom": "pending"}
    await api.patch("/apps/shop/acm", {"acm_refresh": True})
    assert (await api.delete("/apps/shop/acm"))["acm"] is False
    assert (await api.get(f"{DOMAINS}/{domain['id']}"))["acm_status"] is None
