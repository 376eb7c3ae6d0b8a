"""Endpoints for the regions of add-on services.

https://devcenter.heroku.com/articles/platform-api-reference#add-on-region-capability
"""

from __future__ import annotations

from localheroku.api.addons.region_capabilities import models
from localheroku.api.addons.services import models as addon_services
from localheroku.api.catalogue import models as platforms
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.state import Document


async def listing(call: Call) -> list[Document]:
    catalogue = call.platform.catalogue
    return models.documents(catalogue.services.values(), catalogue.regions)


async def of_service(call: Call) -> list[Document]:
    service = addon_services.find(call.platform, call.path["service"])
    return models.documents([service], call.platform.catalogue.regions)


async def of_region(call: Call) -> list[Document]:
    region = platforms.find_region(call.platform, call.path["region"])
    return models.documents(call.platform.catalogue.services.values(), [region])


LIST = ("id",)

ROUTES = [
    Endpoint("GET /addon-region-capabilities", listing, order_by=LIST, needs=rights.KEY),
    Endpoint(
        "GET /addon-services/{service}/region-capabilities",
        of_service,
        order_by=LIST,
        needs=rights.KEY,
    ),
    Endpoint(
        "GET /regions/{region}/addon-region-capabilities",
        of_region,
        order_by=LIST,
        needs=rights.KEY,
    ),
]
