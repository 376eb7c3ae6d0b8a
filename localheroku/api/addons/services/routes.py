"""Endpoints for add-on services and plans.

https://devcenter.heroku.com/articles/platform-api-reference#add-on-service
"""

from __future__ import annotations

from localheroku.api.addons.services import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.state import Document


async def listing(call: Call) -> list[Document]:
    return [models.document(service) for service in call.platform.catalogue.services.values()]


async def info(call: Call) -> Document:
    return models.document(models.find(call.platform, call.path["service"]))


async def plans(call: Call) -> list[Document]:
    service = models.find(call.platform, call.path["service"])
    return [models.plan_document(call.platform, plan) for plan in models.plans(service)]


async def plan_of_service(call: Call) -> Document:
    service = models.find(call.platform, call.path["service"])
    plan = models.find_plan(call.platform, call.path["plan"], service)
    return models.plan_document(call.platform, plan)


async def plan(call: Call) -> Document:
    found = models.find_plan(call.platform, call.path["plan"])
    return models.plan_document(call.platform, found)


ROUTES = [
    Endpoint("GET /addon-services", listing, order_by=("id", "name"), needs=rights.KEY),
    Endpoint("GET /addon-services/{service}", info, needs=rights.KEY),
    Endpoint(
        "GET /addon-services/{service}/plans", plans, order_by=("id", "name"), needs=rights.KEY
    ),
    Endpoint("GET /addon-services/{service}/plans/{plan}", plan_of_service, needs=rights.KEY),
    Endpoint("GET /plans/{plan}", plan, needs=rights.KEY),
]
