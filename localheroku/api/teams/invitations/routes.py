"""Endpoints for invitations to a team.

https://devcenter.heroku.com/articles/platform-api-reference#team-invitation
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.teams import models as teams
from localheroku.api.teams.invitations import models
from localheroku.api.teams.models import MemberEntry, Team
from localheroku.auth import rights
from localheroku.core.body_schema import TEXT
from localheroku.core.state import Document


async def invite(call: Call) -> Document:
    entry = MemberEntry(call.body["email"], call.body["role"])
    invitation = models.invite(call.platform, _team(call), entry)
    return models.document(call.platform, invitation)


async def listing(call: Call) -> list[Document]:
    every = models.of_team(call.platform, _team(call))
    return [models.document(call.platform, invitation) for invitation in every]


async def revoke(call: Call) -> Document:
    invitation = models.find(call.platform, _team(call), call.path["invitation"])
    document = models.document(call.platform, invitation)
    call.platform.store.remove(invitation)
    return document


async def info(call: Call) -> Document:
    invitation = models.find_by_token(call.platform, call.path["token"])
    return models.document(call.platform, invitation)


async def accept(call: Call) -> Document:
    invitation = models.find_by_token(call.platform, call.path["token"])
    account = accounts.current(call.platform)
    member = models.accept(call.platform, invitation, account)
    return teams.member_document(call.platform, member)


def _team(call: Call) -> Team:
    return teams.find(call.platform, call.path["team"])


NEW = {"email": TEXT.must(), "role": TEXT.must()}
LIST = ("id", "created_at")
VIEW, MANAGE = rights.VIEW_MEMBERS, rights.MANAGE_MEMBERS

ROUTES = [
    Endpoint("PUT    /teams/{team}/invitations", invite, takes=NEW, needs=MANAGE),
    Endpoint("GET    /teams/{team}/invitations", listing, order_by=LIST, needs=VIEW),
    Endpoint("DELETE /teams/{team}/invitations/{invitation}", revoke, needs=MANAGE),
    Endpoint("GET    /teams/invitations/{token}", info, needs=rights.KEY),
    Endpoint("POST   /teams/invitations/{token}/accept", accept, needs=rights.KEY),
]
