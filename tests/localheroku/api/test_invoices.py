"""Invoices, which do not exist, and the address for them."""

from __future__ import annotations

from tests.localheroku.client import Api

NOBODY = "11111111-1111-4111-8111-111111111111"


async def test_nothing_is_invoiced_or_credited(api: Api) -> None:
    assert await api.get("/account/invoices") == []
    assert await api.get("/account/credits") == []
    for kind in ("invoice", "credit"):
        refusal = await api.refusal("GET", f"/account/{kind}s/{NOBODY}")
        assert refusal[:2] == (404, "not_found")
    assert (await api.refusal("POST", "/account/credits", {"code1": "FREE"}))[0] == 422


async def test_each_account_has_its_own_address(api: Api) -> None:
    assert (await api.get("/account/invoice-address"))["city"] == ""

    await api.put("/account/invoice-address", {"city": "Oslo", "use_invoice_address": True})
    changed = await api.put("/account/invoice-address", {"country": "Norway"})

    assert (changed["city"], changed["country"], changed["use_invoice_address"]) == (
        "Oslo",
        "Norway",
        True,
    )
    assert await api.get("/account/invoice-address") == changed
    assert (await api.of("dev@acme.example").get("/account/invoice-address"))["city"] == ""
