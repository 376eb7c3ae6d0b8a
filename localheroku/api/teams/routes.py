"""Endpoints for teams and their members.

https://devcenter.heroku.com/articles/platform-api-reference#team
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from localheroku.api.account import models as accounts
from localheroku.api.apps import models as apps
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.collaborators.models import Collaborator
from localheroku.api.apps.models import App
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.spaces.records import Space
from localheroku.api.teams import models
from localheroku.api.teams.errors import TeamNotEmptyError
from localheroku.api.teams.models import Member, MemberEntry
from localheroku.auth import rights
from localheroku.auth.permissions import CallerPermissions
from localheroku.core.body_schema import FLAG, TEXT
from localheroku.core.state import Document, State

CHANGES = {"name": TEXT, "default": FLAG}
MEMBER = {"email": TEXT.must(), "role": TEXT.or_null(), "federated": FLAG}


async def listing(call: Call) -> list[Document]:
    caller = CallerPermissions(call.platform)
    return [models.document(team, caller.role(team)) for team in caller.own_teams]


async def create(call: Call) -> Document:
    team = models.create(call.platform, call.body["name"])
    return models.document(team, CallerPermissions(call.platform).role(team))


async def update(call: Call) -> Document:
    team = models.update(call.platform, _team(call), call.body)
    return models.document(team, CallerPermissions(call.platform).role(team))


async def remove(call: Call) -> Document:
    """Remove a team that owns no apps, spaces or pipelines.

    Raises:
        TeamNotEmptyError: The team still owns something.
    """
    platform, team = call.platform, _team(call)
    owned: dict[str, Sequence[App | Space | Pipeline]] = {
        "apps": apps.of_team(platform, team),
        "spaces": platform.store.having(Space, team_id=team.id),
        "pipelines": platform.store.having(Pipeline, owner_id=team.id),
    }
    for kind, items in owned.items():
        if items:
            names = ", ".join(item.name for item in items)
            raise TeamNotEmptyError(team=team.name, things=kind, names=names)
    document = models.document(team, CallerPermissions(platform).role(team))
    platform.store.remove(team)
    return document


async def apps_of_member(call: Call) -> list[Document]:
    """Return the team's apps that the member has access to."""
    team = _team(call)
    member = models.find_member(call.platform, team, call.path["member"])
    user = accounts.find(call.platform, member.user_id)
    return [
        apps.team_document(call.platform, app)
        for app in collaborators.apps_of(call.platform, user)
        if app.team_id == team.id
    ]


async def info(call: Call) -> Document:
    team = _team(call)
    return models.document(team, CallerPermissions(call.platform).role(team))


async def members(call: Call) -> list[Document]:
    """Return the team's members, and the collaborators of its apps."""
    team = _team(call)
    team_members = models.members(call.platform, team)
    known = {member.user_id for member in team_members}
    collaborating = {
        one.user_id: _as_collaborator(team, one)
        for app in apps.of_team(call.platform, team)
        for one in collaborators.of_app(call.platform, app)
        if one.user_id not in known
    }
    return [
        models.member_document(call.platform, member)
        for member in (*team_members, *collaborating.values())
    ]


async def add_member(call: Call) -> Document:
    return _member_document(call, models.add_member)


async def put_member(call: Call) -> Document:
    return _member_document(call, models.put_member)


async def update_member(call: Call) -> Document:
    return _member_document(call, models.update_member)


async def remove_member(call: Call) -> Document:
    team = _team(call)
    member = models.find_member(call.platform, team, call.path["member"])
    document = models.member_document(call.platform, member)
    models.remove_member(call.platform, team, member)
    return document


async def permissions(call: Call) -> list[Document]:
    return [
        {"name": name, "description": description}
        for name, description in call.platform.catalogue.permissions.items()
    ]


def _as_collaborator(team: models.Team, collaborator: Collaborator) -> Member:
    return Member(
        id=collaborator.id,
        parent=team.id,
        user_id=collaborator.user_id,
        role="collaborator",
        created_at=collaborator.created_at,
        updated_at=collaborator.updated_at,
    )


def _member_document(
    call: Call, enter: Callable[[State, models.Team, MemberEntry], Member]
) -> Document:
    entry = MemberEntry(
        call.body["email"], call.body.get("role"), federated=call.body.get("federated", False)
    )
    return models.member_document(call.platform, enter(call.platform, _team(call), entry))


def _team(call: Call) -> models.Team:
    return models.find(call.platform, call.path["team"])


ROUTES = [
    Endpoint("GET    /teams", listing, order_by=("id", "name"), needs=rights.KEY),
    Endpoint("GET    /teams/permissions", permissions, order_by=("name",), needs=rights.KEY),
    Endpoint("POST   /teams", create, status=201, takes={"name": TEXT.must()}, needs=rights.KEY),
    Endpoint("GET    /teams/{team}", info, needs=rights.VIEW_TEAM),
    Endpoint("PATCH  /teams/{team}", update, takes=CHANGES, needs=rights.MANAGE_TEAM),
    Endpoint("DELETE /teams/{team}", remove, needs=rights.MANAGE_TEAM),
    Endpoint(
        "GET    /teams/{team}/members", members, order_by=("email", "id"), needs=rights.VIEW_MEMBERS
    ),
    Endpoint(
        "POST   /teams/{team}/members",
        add_member,
        status=201,
        takes=MEMBER,
        needs=rights.MANAGE_MEMBERS,
    ),
    Endpoint("PUT    /teams/{team}/members", put_member, takes=MEMBER, needs=rights.MANAGE_MEMBERS),
    Endpoint(
        "PATCH  /teams/{team}/members", update_member, takes=MEMBER, needs=rights.MANAGE_MEMBERS
    ),
    Endpoint("DELETE /teams/{team}/members/{member}", remove_member, needs=rights.MANAGE_MEMBERS),
    Endpoint(
        "GET    /teams/{team}/members/{member}/apps",
        apps_of_member,
        order_by=("id", "name"),
        needs=rights.VIEW_MEMBERS,
    ),
]
