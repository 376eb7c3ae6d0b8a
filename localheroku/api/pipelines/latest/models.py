"""The latest builds, releases and deployments of a pipeline's apps, and the pipeline's stack."""

from __future__ import annotations

from collections.abc import Iterator

from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.builds import models as builds
from localheroku.api.builds.models import Build
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.releases.models import Release
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.models import Pipeline
from localheroku.auth.permissions import CallerPermissions
from localheroku.auth.rights import PULL
from localheroku.core import catalogue
from localheroku.core.state import Document, State

# The stages whose app determines the stack of CI and review apps, in order of precedence.
DECIDING_STAGES = ("production", "staging", "development")


def _apps(state: State, pipeline: Pipeline) -> Iterator[App]:
    """Return the pipeline's apps that the caller can view."""
    caller = CallerPermissions(state)
    coupled = pipelines.couplings(state, pipeline)
    every = (apps.find(state, coupling.parent or "") for coupling in coupled)
    return (app for app in every if caller.sees(app))


def latest_builds(state: State, pipeline: Pipeline) -> list[Document]:
    caller = CallerPermissions(state)
    return [
        builds.document(state, build, with_source=caller.allows(app, PULL))
        for app in _apps(state, pipeline)
        if (build := next(state.store.newest(Build, parent=app.id), None))
    ]


def latest_releases(state: State, pipeline: Pipeline) -> list[Document]:
    return [
        releases.document(state, app, release)
        for app in _apps(state, pipeline)
        if (release := next(state.store.newest(Release, parent=app.id), None))
    ]


def latest_deployments(state: State, pipeline: Pipeline) -> list[Document]:
    """Return, for each app, the newest release whose slug differs from the one before it."""
    return [
        releases.document(state, app, release)
        for app in _apps(state, pipeline)
        if (release := _deployment(state, app))
    ]


def _deployment(state: State, app: App) -> Release | None:
    newest = list(state.store.newest(Release, parent=app.id))
    for release, before in zip(newest, [*newest[1:], None], strict=True):
        if release.slug_id and (before is None or release.slug_id != before.slug_id):
            return release
    return None


def stack_document(state: State, pipeline: Pipeline) -> Document:
    by_stage = {c.stage: c.parent or "" for c in pipelines.couplings(state, pipeline)}
    for stage in DECIDING_STAGES:
        if stage in by_stage:
            app = apps.find(state, by_stage[stage])
            return {"stack": catalogue.brief("stack", app.build_stack)}
    return {"stack": None}
