"""Endpoints for invoices.

https://devcenter.heroku.com/articles/platform-api-reference#invoice
"""

from __future__ import annotations

from localheroku.api.account.invoices import models
from localheroku.api.account.invoices.errors import (
    CreditCodeError,
    CreditNotFoundError,
    InvoiceNotFoundError,
)
from localheroku.api.account.invoices.models import LINES
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.body_schema import FLAG, TEXT
from localheroku.core.state import Document


async def none(_: Call) -> list[Document]:
    return []


async def no_invoice(_: Call) -> Document:
    raise InvoiceNotFoundError


async def no_credit(_: Call) -> Document:
    raise CreditNotFoundError


async def add_credit(_: Call) -> Document:
    raise CreditCodeError


async def address(call: Call) -> Document:
    return models.document(models.address(call.platform))


async def write_address(call: Call) -> Document:
    lines = {name: call.body[name] for name in LINES if name in call.body}
    used = call.body.get("use_invoice_address")
    return models.document(models.write_address(call.platform, lines, used=used))


ADDRESS = {**dict.fromkeys(LINES, TEXT), "use_invoice_address": FLAG}
CODES = {"code1": TEXT, "code2": TEXT}
LIST = ("id",)

ROUTES = [
    Endpoint("GET  /account/invoices", none, order_by=LIST, needs=rights.KEY),
    Endpoint("GET  /account/invoices/{invoice}", no_invoice, needs=rights.KEY),
    Endpoint("GET  /account/invoice-address", address, needs=rights.KEY),
    Endpoint("PUT  /account/invoice-address", write_address, takes=ADDRESS, needs=rights.KEY),
    Endpoint("GET  /account/credits", none, order_by=LIST, needs=rights.KEY),
    Endpoint("GET  /account/credits/{credit}", no_credit, needs=rights.KEY),
    Endpoint("POST /account/credits", add_credit, status=201, takes=CODES, needs=rights.KEY),
]
