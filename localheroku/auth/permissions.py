"""The permissions of the caller on each app, team and pipeline."""

from __future__ import annotations

from functools import cached_property

from localheroku.api.account import models as accounts
from localheroku.api.apps import models as apps
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.errors import AppForbiddenError, OwnerNeededError, PermissionNeededError
from localheroku.api.apps.models import App
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.errors import PipelineForbiddenError, PipelineNotFoundError
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.teams import models as teams
from localheroku.api.teams.errors import RoleNeededError, TeamForbiddenError
from localheroku.api.teams.models import Team
from localheroku.auth.rights import (
    ADMINS,
    DEFAULT_PERMISSIONS,
    INSIDERS,
    PERMISSIONS,
    VIEW_PIPELINE,
    AppRight,
    PipelineRight,
    TeamRight,
)
from localheroku.core.state import State

ALL_PERMISSIONS = frozenset(PERMISSIONS)
NO_PERMISSIONS: frozenset[str] = frozenset()


class CallerPermissions:
    """The current permissions of the caller; created for one request."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._account = accounts.current(state)

    @cached_property
    def _roles(self) -> dict[str, str]:
        """The caller's role as a member of each team, by the team's id."""
        memberships = teams.memberships(self.state, self._account)
        return {member.parent or "": member.role for member in memberships}

    @cached_property
    def _collaborating_teams(self) -> set[str]:
        """The ids of the teams on whose apps the caller collaborates."""
        shared = collaborators.apps_of(self.state, self._account)
        return {app.team_id for app in shared if app.team_id}

    @property
    def own_teams(self) -> list[Team]:
        """The teams in which the caller has a role."""
        ids = dict.fromkeys([*self._roles, *sorted(self._collaborating_teams)])
        return [teams.find(self.state, identity) for identity in ids]

    def role(self, team: Team) -> str | None:
        """Return the caller's role; a non-member with access to one of its apps is a collaborator.

        https://devcenter.heroku.com/articles/org-users-access
        """
        member = self._roles.get(team.id)
        return member or ("collaborator" if team.id in self._collaborating_teams else None)

    def permissions(self, app: App) -> frozenset[str]:
        """Return the caller's permissions on the app; collaborators on a personal app have all.

        A team's locked app is only for its admins and for those with explicit access to it.
        """
        if app.owner_id == self._account.id and app.team_id is None:
            return ALL_PERMISSIONS
        role = self._roles.get(app.team_id) if app.team_id else None
        if role in ADMINS:
            return ALL_PERMISSIONS
        collaborator = collaborators.of_user(self.state, app, self._account)
        if app.team_id is None:
            return ALL_PERMISSIONS if collaborator else NO_PERMISSIONS
        own = frozenset(collaborator.permissions) if collaborator else NO_PERMISSIONS
        return own | DEFAULT_PERMISSIONS if role in INSIDERS and not app.locked else own

    def sees(self, app: App) -> bool:
        return bool(self.permissions(app))

    def allows(self, app: App, right: AppRight) -> bool:
        if right.owner_only and app.team_id is None and app.owner_id != self._account.id:
            return False
        return not self.permissions(app).isdisjoint(right.permissions)

    def check_app(self, app: App, right: AppRight) -> None:
        """Raise an ApiError unless the caller has the right on the app."""
        if self.allows(app, right):
            return
        if not self.sees(app):
            raise AppForbiddenError(app=app.name)
        if app.team_id is None:
            owner = accounts.find(self.state, app.owner_id)
            raise OwnerNeededError(action=right.action, app=app.name, owner=owner.email)
        required = " or ".join(right.permissions)
        raise PermissionNeededError(action=right.action, app=app.name, permissions=required)

    def check_team(self, team: Team, right: TeamRight) -> None:
        """Raise an ApiError unless the caller has the right in the team."""
        role = self.role(team)
        if role is None:
            raise TeamForbiddenError(team=team.name)
        if role not in right.roles:
            required = " or ".join(right.roles)
            raise RoleNeededError(action=right.action, team=team.name, roles=required)

    def allows_pipeline(self, pipeline: Pipeline, right: PipelineRight) -> bool:
        if pipeline.owner_type == "team":
            is_owner, enough = self._roles.get(pipeline.owner_id) in right.roles, NO_PERMISSIONS
        else:
            is_owner, enough = pipeline.owner_id == self._account.id, frozenset(right.permissions)
        enough = ALL_PERMISSIONS if right.looks else enough
        return is_owner or any(self.permissions(app) & enough for app in self._apps_in(pipeline))

    def check_pipeline(self, pipeline: Pipeline, right: PipelineRight) -> None:
        """Raise an ApiError unless the caller has the right on the pipeline."""
        if self.allows_pipeline(pipeline, right):
            return
        if not self.allows_pipeline(pipeline, VIEW_PIPELINE):
            raise PipelineNotFoundError
        if pipeline.owner_type == "team":
            team = teams.find(self.state, pipeline.owner_id)
            needed = f"have the {' or '.join(right.roles)} role in the team {team.name}"
        elif right.permissions:
            needed = f"have the {' or '.join(right.permissions)} permission on an app in it"
        else:
            owner = accounts.find(self.state, pipeline.owner_id)
            needed = f"be its owner, {owner.email}"
        raise PipelineForbiddenError(action=right.action, pipeline=pipeline.name, needed=needed)

    def _apps_in(self, pipeline: Pipeline) -> list[App]:
        couplings = pipelines.couplings(self.state, pipeline)
        return [apps.find(self.state, coupling.parent or "") for coupling in couplings]
