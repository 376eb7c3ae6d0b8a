"""Transfers of a pipeline and its apps to another owner.

https://devcenter.heroku.com/articles/pipelines#transferring-pipelines
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.account.errors import UserNotFoundError
from localheroku.api.account.records import User
from localheroku.api.apps import models as apps
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.models import App
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.transfers.errors import OwnerNotFoundError, OwnerTypeError
from localheroku.api.teams import models as teams
from localheroku.api.teams.errors import TeamNotFoundError
from localheroku.api.teams.models import Team
from localheroku.core.state import Document, State

USER, TEAM = "user", "team"


def find_owner(state: State, kind: str, identity: str) -> User | Team:
    """Return the new owner of a pipeline.

    Raises:
        OwnerTypeError: The type is neither a team nor a user.
        OwnerNotFoundError: There is no such team or user.
    """
    if kind not in (USER, TEAM):
        raise OwnerTypeError(type=kind, known=f"{TEAM}, {USER}")
    try:
        find = teams.find if kind == TEAM else accounts.find
        return find(state, identity)
    except (TeamNotFoundError, UserNotFoundError):
        raise OwnerNotFoundError from None


def apps_of(state: State, pipeline: Pipeline) -> list[App]:
    coupled = pipelines.couplings(state, pipeline)
    return [apps.find(state, coupling.parent or "") for coupling in coupled]


def transfer(state: State, pipeline: Pipeline, owner: User | Team) -> Document:
    """Transfer the pipeline and all of its apps, and return the transfer as the API shows it.

    If one app cannot be transferred, nothing is.
    """
    kind = TEAM if isinstance(owner, Team) else USER
    with state.store.transaction():
        for app in apps_of(state, pipeline):
            if isinstance(owner, Team):
                collaborators.transfer_to_team(state, app, owner)
            else:
                collaborators.transfer_to_user(state, app, owner)
        state.change(pipeline, owner_id=owner.id, owner_type=kind)
    return {
        "pipeline": {"id": pipeline.id},
        "previous_owner": {"id": pipeline.owner_id, "type": pipeline.owner_type},
        "new_owner": {"id": owner.id, "type": kind},
    }
