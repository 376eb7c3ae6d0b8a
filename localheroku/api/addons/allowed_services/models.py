"""The add-on services that a team allows for its apps while its add-on controls are enabled.

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
    """An add-on service that a team allows. The parent record is the team; `service` is a name."""

    service: str
    user_id: str


def of_team(state: State, team: Team) -> list[AllowedService]:
    return state.store.every(AllowedService, parent=team.id)


def find(state: State, team: Team, identity: str) -> AllowedService:
    """Return an allowed service by its own id, or by the id or name of the add-on service.

    Raises:
        AllowedServiceNotFoundError: The team allows no such service.
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
    """Check that the app's team allows add-ons of a plan.

    Raises:
        NotAllowedError: The team controls its add-ons and does not allow the plan's service.
    """
    catalogue_plan = state.catalogue.orderable_plan(plan)
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
