"""A team's preferences for all of its apps.

https://devcenter.heroku.com/articles/enterprise-add-on-controls
"""

from __future__ import annotations

from dataclasses import dataclass

from localheroku.api.teams.models import Team
from localheroku.core.record import Record
from localheroku.core.state import Document, State


@dataclass(frozen=True, kw_only=True)
class TeamPreferences(Record):
    """The preferences of a team (the parent record)."""

    addons_controls: bool | None = None


def of_team(state: State, team: Team) -> TeamPreferences:
    """Return the team's preferences, or the defaults."""
    found = state.store.every(TeamPreferences, parent=team.id)
    return found[0] if found else TeamPreferences(**state.stamp(), parent=team.id)


def decide(state: State, team: Team, *, addons_controls: bool | None) -> TeamPreferences:
    """Set whether apps of the team can only have the allowed add-on services."""
    present = state.store.put(of_team(state, team))
    return state.change(present, addons_controls=addons_controls)


def document(preferences: TeamPreferences) -> Document:
    return {
        "addons-controls": preferences.addons_controls,
        "default-permission": None,
    }
