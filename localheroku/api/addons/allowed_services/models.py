"""The add-on services that a team's apps can have while the team controls its add-ons.

https://devcenter.heroku.com/articles/enterprise-add-on-controls
"""

from __future__ import annotations

from dataclasses import dataclass

from localheroku.api.account import models as accounts
from localheroku.api.addons.allowed_services.errors import (
    AllowedServiceNotFoundError,
    NotAllowedError,
)
from localheroku.api.addons.services import models as services
from localheroku.api.apps.models import App
from localheroku.api.teams import models as teams
from localheroku.api.teams.models import Team
from localheroku.api.teams.preferences import models as preferences
from localheroku.core.catalogue import AddonService
from localheroku.core.record import Record
from localheroku.core.state import Document, State


@dataclass(frozen=True, kw_only=True)
class AllowedService(Record):
    """Its parent is the team; `service` is a name."""

    service: str
    user_id: str


def of_team(state: State, team: Team) -> list[AllowedService]:
    return state.store.every(AllowedService, parent=team.id)


def find(state: State, team: Team, identity: str) -> AllowedService:
    """The one of that id, or of the service of that id or name.

    Raises AllowedServiceNotFoundError.
    """
    for allowed in of_team(state, team):
        service = services.find(state, allowed.service)
        if identity in (allowed.id, service.id, service.name):
            return allowed
    raise AllowedServiceNotFoundError


def allow(state: State, team: Team, service: AddonService) -> None:
    if any(allowed.service == service.name for allowed in of_team(state, team)):
        return
    state.store.put(
        AllowedService(
            **state.stamp(),
            parent=team.id,
            service=service.name,
            user_id=accounts.current(state).id,
        )
    )


def check(state: State, app: App, plan: str) -> None:
    """Raise NotAllowedError when the app's team does not let it have an add-on of that plan."""
    catalogue_plan = state.catalogue.plan(plan)
    if app.team_id is None or catalogue_plan is None:
        return
    team = teams.find(state, app.team_id)
    if not preferences.of_team(state, team).addons_controls:
        return
    if all(allowed.service != catalogue_plan.service for allowed in of_team(state, team)):
        raise NotAllowedError(team=team.name, service=catalogue_plan.service)


def document(state: State, allowed: AllowedService) -> Document:
    service = services.find(state, allowed.service)
    return {
        "id": allowed.id,
        "added_at": allowed.created_at,
        "added_by": accounts.brief(accounts.find(state, allowed.user_id)),
        "addon_service": {
            "id": service.id,
            "name": service.name,
            "human_name": service.human_name,
        },
    }
