"""Requests from a network in Amazon's cloud to be peered with a space."""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.spaces import records as spaces
from localheroku.api.spaces.peerings import models
from localheroku.auth.rights import KEY
from localheroku.core.body_schema import TEXT, TEXTS
from localheroku.core.state import Document

DEFAULT_RANGES = ["172.31.0.0/16"]


async def create(call: Call) -> Document:
    space = spaces.find(call.platform, call.body["space"])
    peering = models.request(
        call.platform,
        space,
        call.body.get("pcx_id"),
        call.body.get("cidr_blocks", DEFAULT_RANGES),
        call.body.get("aws_region", "us-east-1"),
    )
    return models.document(peering)


NEW = {"space": TEXT.must(), "pcx_id": TEXT, "cidr_blocks": TEXTS, "aws_region": TEXT}

ROUTES = [Endpoint("POST /_local/peerings", create, status=201, takes=NEW, needs=KEY)]
