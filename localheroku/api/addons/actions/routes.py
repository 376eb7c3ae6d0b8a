"""Endpoints through which an add-on service reports that provisioning or deprovisioning has ended.

https://devcenter.heroku.com/articles/platform-api-reference#add-on-action
"""

from __future__ import annotations

from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments.records import DEPROVISIONED
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.state import Document
from localheroku.workflows import addon_provisioning


async def provision(call: Call) -> Document:
    """Mark an add-on as provisioned."""
    addon = addons.find(call.platform, call.path["addon"])
    return addons.document(call.platform, await addon_provisioning.complete(call.platform, addon))


async def deprovision(call: Call) -> Document:
    addon = addons.find(call.platform, call.path["addon"])
    document = {**addons.document(call.platform, addon), "state": DEPROVISIONED}
    await call.platform.removal.remove_addon(addon)
    return document


PATH = "/addons/{addon}/actions"

ROUTES = [
    Endpoint(f"POST {PATH}/provision", provision, needs=rights.PROVISION_PAID),
    Endpoint(f"POST {PATH}/deprovision", deprovision, needs=rights.PROVISION_PAID),
]
