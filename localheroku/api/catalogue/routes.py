"""Endpoints for regions, stacks and dyno sizes.

https://devcenter.heroku.com/articles/platform-api-reference#region, #stack and #dyno-size
"""

from __future__ import annotations

from localheroku.api.catalogue import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.state import Document


async def regions(call: Call) -> list[Document]:
    return [models.region_document(region) for region in call.platform.catalogue.regions]


async def region(call: Call) -> Document:
    return models.region_document(models.find_region(call.platform, call.path["region"]))


async def stacks(call: Call) -> list[Document]:
    return [models.stack_document(stack) for stack in call.platform.catalogue.stacks]


async def stack(call: Call) -> Document:
    return models.stack_document(models.find_stack(call.platform, call.path["stack"]))


async def dyno_sizes(call: Call) -> list[Document]:
    return [models.dyno_size_document(size) for size in call.platform.catalogue.dyno_sizes]


async def dyno_size(call: Call) -> Document:
    return models.dyno_size_document(models.find_dyno_size(call.platform, call.path["size"]))


LIST = ("name", "id")

ROUTES = [
    Endpoint("GET /regions", regions, order_by=LIST, needs=rights.KEY),
    Endpoint("GET /regions/{region}", region, needs=rights.KEY),
    Endpoint("GET /stacks", stacks, order_by=LIST, needs=rights.KEY),
    Endpoint("GET /stacks/{stack}", stack, needs=rights.KEY),
    Endpoint("GET /dyno-sizes", dyno_sizes, order_by=LIST, needs=rights.KEY),
    Endpoint("GET /dyno-sizes/{size}", dyno_size, needs=rights.KEY),
]
