"""Whether the caller may do what a request asks for, by the rights in `rights`.

Who has nothing to do with an app is told so, who lacks a permission is told which one to ask for.
What lies in an app that the caller does not see is not found.
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
from localheroku.auth.permissions import Reach
from localheroku.auth.rights import AppRight, PipelineRight, Right, TeamRight
from localheroku.core.body_schema import is_reference, reference
from localheroku.core.errors import NotFoundError
from localheroku.core.state import State


def check(platform: State, needs: Right, path: Mapping[str, str], body: Mapping[str, Any]) -> None:
    """Raise the ApiError that refuses the caller, or says that there is no such thing.

    What is asked for is what the path names, or else the `app`, `team` or `pipeline` of the body; a
    space is its team's.
    """
    match needs:
        case AppRight():
            _check_app(Reach(platform), needs, path, body)
        case TeamRight():
            _check_team(Reach(platform), needs, path, body)
        case PipelineRight():
            _check_pipeline(platform, needs, path, body)


def allows(platform: State, app: App, right: AppRight) -> bool:
    """Whether the caller has the right on the app."""
    return Reach(platform).allows(app, right)


def require(platform: State, app: App, right: AppRight) -> None:
    """Raise the ApiError that refuses the caller the right on the app."""
    Reach(platform).check_app(app, right)


def require_in_team(platform: State, identity: str, right: TeamRight) -> None:
    """Raise the ApiError that refuses the caller the right in the team of that id or name."""
    Reach(platform).check_team(teams.find(platform, identity), right)


def require_in_pipeline(platform: State, pipeline: Pipeline, right: PipelineRight) -> None:
    """Raise the ApiError that refuses the caller the right on the pipeline."""
    Reach(platform).check_pipeline(pipeline, right)


def allows_in_pipeline(platform: State, pipeline: Pipeline, right: PipelineRight) -> bool:
    """Whether the caller has the right on the pipeline."""
    return Reach(platform).allows_pipeline(pipeline, right)


def visible_apps(platform: State, right: AppRight) -> list[App]:
    """All apps on which the caller has the right."""
    reach = Reach(platform)
    return [app for app in apps.every(platform) if reach.allows(app, right)]


def visible_pipelines(platform: State, right: PipelineRight) -> list[Pipeline]:
    """All pipelines on which the caller has the right."""
    reach = Reach(platform)
    every = platform.store.every(Pipeline)
    return [pipeline for pipeline in every if reach.allows_pipeline(pipeline, right)]


def _check_app(
    reach: Reach, right: AppRight, path: Mapping[str, str], body: Mapping[str, Any]
) -> None:
    platform = reach.platform
    for name, (find, hidden) in INSIDE.items():
        if name in path and "app" not in path:
            _check_any(reach, right, find(platform, path[name], right), hidden)
            return
    named = _named("app", path, body)
    if named:
        reach.check_app(apps.find(platform, named), right)


def _check_team(
    reach: Reach, right: TeamRight, path: Mapping[str, str], body: Mapping[str, Any]
) -> None:
    if "space" in path:
        space = spaces.find(reach.platform, path["space"])
        reach.check_team(teams.find(reach.platform, space.team_id), right)
        return
    named = _named("team", path, body)
    if named:
        reach.check_team(teams.find(reach.platform, named), right)


def _check_pipeline(
    platform: State, right: PipelineRight, path: Mapping[str, str], body: Mapping[str, Any]
) -> None:
    named = _named("pipeline", path, body)
    if named:
        require_in_pipeline(platform, pipelines.find(platform, named), right)


def _named(name: str, path: Mapping[str, str], body: Mapping[str, Any]) -> str | None:
    value: Any = path.get(name) or body.get(name)
    return reference(value) if is_reference(value) else None


def _check_any(
    reach: Reach, right: AppRight, concerned: Sequence[App], hidden: type[NotFoundError]
) -> None:
    seen = [app for app in concerned if reach.sees(app)]
    if not seen:
        raise hidden
    if not any(reach.allows(app, right) for app in seen):
        reach.check_app(seen[0], right)


def _of_addon(platform: State, identity: str, right: AppRight) -> list[App]:
    """An add-on is its app's; who has it attached to another app may look at it there."""
    addon = addons.find(platform, identity)
    attached = attachments.of_addon(platform, addon) if right.looks else []
    ids = {addon.parent or "": None, **{a.app_id: None for a in attached}}
    return [apps.find(platform, app_id) for app_id in ids]


def _of_attachment(platform: State, identity: str, _: AppRight) -> list[App]:
    return [apps.find(platform, a.app_id) for a in attachments.matching(platform, identity)]


def _of_coupling(platform: State, identity: str, _: AppRight) -> list[App]:
    return [apps.find(platform, pipelines.find_coupling(platform, identity).parent or "")]


Find = Callable[[State, str, AppRight], list[App]]
INSIDE: Mapping[str, tuple[Find, type[NotFoundError]]] = {
    "addon": (_of_addon, AddonNotFoundError),
    "attachment": (_of_attachment, AttachmentNotFoundError),
    "coupling": (_of_coupling, CouplingNotFoundError),
}
"""The apps that a name in a path leads to, and what is said when the caller sees none of them."""
