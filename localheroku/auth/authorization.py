"""Checks whether the caller has the right that a request needs.

A caller without any access to an app gets a 403 that says so; a caller without a permission gets
a 403 that names the permission. A resource in an app that the caller cannot see is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.errors import AttachmentNotFoundError
from localheroku.api.addons.errors import AddonNotFoundError
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.errors import CouplingNotFoundError
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.spaces import records as spaces
from localheroku.api.teams import models as teams
from localheroku.auth.permissions import CallerPermissions
from localheroku.auth.rights import AppRight, PipelineRight, Right, TeamRight
from localheroku.core.body_schema import is_reference, reference
from localheroku.core.errors import NotFoundError
from localheroku.core.state import State


def check(state: State, needs: Right, path: Mapping[str, str], body: Mapping[str, Any]) -> None:
    """Check that the caller has the right.

    The right is checked on the resource in the path, or else on the `app`, `team` or `pipeline` in
    the body. For a space, it is checked on the team.

    Raises:
        ApiError: the caller lacks the right, or the resource does not exist.
    """
    match needs:
        case AppRight():
            _check_app(CallerPermissions(state), needs, path, body)
        case TeamRight():
            _check_team(CallerPermissions(state), needs, path, body)
        case PipelineRight():
            _check_pipeline(state, needs, path, body)


def allows(state: State, app: App, right: AppRight) -> bool:
    """Return whether the caller has the right on the app."""
    return CallerPermissions(state).allows(app, right)


def require(state: State, app: App, right: AppRight) -> None:
    """Raise an ApiError unless the caller has the right on the app."""
    CallerPermissions(state).check_app(app, right)


def require_in_team(state: State, identity: str, right: TeamRight) -> None:
    """Raise an ApiError unless the caller has the right in the team of that id or name."""
    CallerPermissions(state).check_team(teams.find(state, identity), right)


def require_in_pipeline(state: State, pipeline: Pipeline, right: PipelineRight) -> None:
    """Raise an ApiError unless the caller has the right on the pipeline."""
    CallerPermissions(state).check_pipeline(pipeline, right)


def allows_in_pipeline(state: State, pipeline: Pipeline, right: PipelineRight) -> bool:
    """Return whether the caller has the right on the pipeline."""
    return CallerPermissions(state).allows_pipeline(pipeline, right)


def visible_apps(state: State, right: AppRight) -> list[App]:
    """Return all apps on which the caller has the right."""
    caller = CallerPermissions(state)
    return [app for app in apps.every(state) if caller.allows(app, right)]


def visible_pipelines(state: State, right: PipelineRight) -> list[Pipeline]:
    """Return all pipelines on which the caller has the right."""
    caller = CallerPermissions(state)
    every = state.store.every(Pipeline)
    return [pipeline for pipeline in every if caller.allows_pipeline(pipeline, right)]


def _check_app(
    caller: CallerPermissions, right: AppRight, path: Mapping[str, str], body: Mapping[str, Any]
) -> None:
    state = caller.state
    for name, (find, not_found) in APP_LOOKUPS.items():
        if name in path and "app" not in path:
            _check_any(caller, right, find(state, path[name], right), not_found)
            return
    named = _named("app", path, body)
    if named:
        caller.check_app(apps.find(state, named), right)


def _check_team(
    caller: CallerPermissions, right: TeamRight, path: Mapping[str, str], body: Mapping[str, Any]
) -> None:
    if "space" in path:
        space = spaces.find(caller.state, path["space"])
        caller.check_team(teams.find(caller.state, space.team_id), right)
        return
    named = _named("team", path, body)
    if named:
        caller.check_team(teams.find(caller.state, named), right)


def _check_pipeline(
    state: State, right: PipelineRight, path: Mapping[str, str], body: Mapping[str, Any]
) -> None:
    named = _named("pipeline", path, body)
    if named:
        require_in_pipeline(state, pipelines.find(state, named), right)


def _named(name: str, path: Mapping[str, str], body: Mapping[str, Any]) -> str | None:
    value: Any = path.get(name) or body.get(name)
    return reference(value) if is_reference(value) else None


def _check_any(
    caller: CallerPermissions, right: AppRight, apps: Sequence[App], not_found: type[NotFoundError]
) -> None:
    visible = [app for app in apps if caller.sees(app)]
    if not visible:
        raise not_found
    if not any(caller.allows(app, right) for app in visible):
        caller.check_app(visible[0], right)


def _of_addon(state: State, identity: str, right: AppRight) -> list[App]:
    """Return the add-on's app and, for a read-only right, the apps that it is attached to."""
    addon = addons.find(state, identity)
    attached = attachments.of_addon(state, addon) if right.looks else []
    ids = {addon.parent or "": None, **{a.app_id: None for a in attached}}
    return [apps.find(state, app_id) for app_id in ids]


def _of_attachment(state: State, identity: str, _: AppRight) -> list[App]:
    return [apps.find(state, a.app_id) for a in attachments.matching(state, identity)]


def _of_coupling(state: State, identity: str, _: AppRight) -> list[App]:
    return [apps.find(state, pipelines.find_coupling(state, identity).parent or "")]


FindApps = Callable[[State, str, AppRight], list[App]]
APP_LOOKUPS: Mapping[str, tuple[FindApps, type[NotFoundError]]] = {
    "addon": (_of_addon, AddonNotFoundError),
    "attachment": (_of_attachment, AttachmentNotFoundError),
    "coupling": (_of_coupling, CouplingNotFoundError),
}
"""How to find the apps of a resource in a path, and the error if the caller sees none of them."""
