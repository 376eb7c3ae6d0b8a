"""What a team has decided for all of its apps.

https://devcenter.heroku.com/articles/enterprise-add-on-controls
"""

from __future__ import annotations

from dataclasses import dataclass

from localheroku.api.teams.models import Team
from localheroku.core.record import Record
from localheroku.core.state import Document, State


@dataclass(frozen=True, kw_only=True)
class TeamPreferences(Record):
    """Its parent is the team."""

    addons_controls: bool | None = None


def of_team(state: State, team: Team) -> TeamPreferences:
    """What was decided, or that nothing was."""
    found = state.store.every(TeamPreferences, parent=team.id)
    return found[0] if found else TeamPreferences(**state.stamp(), parent=team.id)


def decide(state: State, team: Team, *, addons_controls: bool | None) -> TeamPreferences:
    """Whether only the allowed add-on services can be had from now on."""
    present = state.store.put(of_team(state, team))
    return state.change(present, addons_controls=addons_controls)


def document(preferences: TeamPreferences) -> Document:
    return {
        "addons-controls": preferences.addons_controls,
        "default-permission": None,
    }
