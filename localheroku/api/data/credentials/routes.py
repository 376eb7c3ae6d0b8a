"""Endpoints for credentials.

Source: https://github.com/heroku/cli/tree/main/src/commands/pg/credentials
"""

from __future__ import annotations

from localheroku.api.data.credentials import models
from localheroku.api.data.credentials.errors import (
    DefaultCredentialError,
    EssentialCredentialError,
    NamedCredentialError,
)
from localheroku.api.data.databases import models as databases
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import CHANGE_DATA, VIEW_CONFIG
from localheroku.core.body_schema import FLAG, TEXT
from localheroku.core.state import Document

NEW = {"name": TEXT.must()}
ROTATION = {"forced": FLAG.or_null()}


async def listing(call: Call) -> list[Document]:
    return [models.document(databases.find(call.platform, call.path["addon"]))]


async def info(call: Call) -> Document:
    addon = databases.find(call.platform, call.path["addon"])
    models.check(call.path["credential"])
    return models.document(addon)


async def create(call: Call) -> Document:
    if databases.is_essential(databases.find(call.platform, call.path["addon"])):
        raise EssentialCredentialError
    raise NamedCredentialError(name=call.body["name"])


async def remove(call: Call) -> Document:
    databases.find(call.platform, call.path["addon"])
    models.check(call.path["credential"])
    raise DefaultCredentialError


async def rotate(call: Call) -> Document:
    addon = databases.find(call.platform, call.path["addon"])
    models.check(call.path.get("credential", models.DEFAULT))
    await models.rotate(call.platform, addon)
    return {"message": "Credentials rotated."}


ALL = "/postgres/v0/databases/{addon}/credentials"
ONE = f"{ALL}/{{credential}}"

ROUTES = [
    Endpoint(f"GET    {ALL}", listing, needs=VIEW_CONFIG),
    Endpoint(f"POST   {ALL}", create, takes=NEW, needs=CHANGE_DATA),
    Endpoint(f"POST   {ALL}_rotation", rotate, takes=ROTATION, needs=CHANGE_DATA),
    Endpoint(f"GET    {ONE}", info, needs=VIEW_CONFIG),
    Endpoint(f"DELETE {ONE}", remove, needs=CHANGE_DATA),
    Endpoint(f"POST   {ONE}/credentials_rotation", rotate, takes=ROTATION, needs=CHANGE_DATA),
]
