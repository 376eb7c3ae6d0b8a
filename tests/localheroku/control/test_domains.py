"""Domains that take time to be provisioned."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient

DOMAINS = "/apps/shop/domains"
NEW = {"hostname": "www.acme.example", "sni_endpoint": None}


@pytest.mark.parametrize(("fault", "becomes"), [(None, "succeeded"), ("failed", "failed")])
async def test_a_domain_is_pending_for_the_set_time(
    api: Api, local: ControlClient, fault: str | None, becomes: str
) -> None:
    await api.app()
    await local.patch("/settings", {"provisioning": {"domain": 300}})
    if fault:
        await local.fault(fault, method="POST", path=DOMAINS)

    domain = await api.post(DOMAINS, NEW)

    assert domain["status"] == "pending"
    await local.advance(200)
    assert await api.get(f"{DOMAINS}/www.acme.example") == domain
    await local.advance(100)
    assert (await api.get(f"{DOMAINS}/www.acme.example"))["status"] == becomes
    assert [each["status"] for each in await api.get(DOMAINS)] == ["succeeded", becomes]


async def test_a_domain_is_held_up_until_the_fault_is_cleared(
    api: Api, local: ControlClient
) -> None:
    await api.app()
    await local.fault("stuck", method="POST", path=DOMAINS)
    await api.post(DOMAINS, NEW)

    assert (await api.get(f"{DOMAINS}/www.acme.example"))["status"] == "pending"
    await local.clear()
    assert (await api.get(f"{DOMAINS}/www.acme.example"))["status"] == "succeeded"
