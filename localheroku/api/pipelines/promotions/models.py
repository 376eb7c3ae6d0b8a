"""Promotions, which release the current slug of one app of a pipeline in other apps of it.

https://devcenter.heroku.com/articles/pipelines#multiple-app-promotions
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from localheroku.api.apps.models import App
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.releases.models import Release
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.promotions.errors import (
    NoTargetsError,
    NothingToPromoteError,
    NotInPipelineError,
    PromotionNotFoundError,
    SelfPromotionError,
)
from localheroku.core.record import Record
from localheroku.core.state import Document, State

INTERRUPTED = "The promotion was interrupted. Promote again."


@dataclass(frozen=True, kw_only=True)
class Promotion(Record):
    """A promotion in a pipeline (the parent record).

    `release_id` is the release that the source app ran at the time of the request.
    """

    source_id: str
    release_id: str


@dataclass(frozen=True, kw_only=True)
class PromotionTarget(Record, stored_as="Target"):
    """A target app of a promotion (the parent record)."""

    app_id: str
    release_id: str | None = None
    error: str | None = None


def find(state: State, identity: str) -> Promotion:
    """Return the promotion with an id.

    Raises:
        PromotionNotFoundError: There is no such promotion.
    """
    promotion = state.store.find(Promotion, identity)
    if promotion is None:
        raise PromotionNotFoundError
    return promotion


def add(
    state: State, pipeline: Pipeline, source: App, release: Release, target_apps: Sequence[App]
) -> Promotion:
    """Store a promotion of a release of the source app to other apps."""
    with state.store.transaction():
        promotion = state.store.put(
            Promotion(
                **state.stamp(),
                parent=pipeline.id,
                source_id=source.id,
                release_id=release.id,
            )
        )
        for app in target_apps:
            state.store.put(PromotionTarget(**state.stamp(), parent=promotion.id, app_id=app.id))
    return promotion


def check(state: State, pipeline: Pipeline, source: App, target_apps: Sequence[App]) -> Release:
    """Return the release to promote.

    Raises:
        ParamsError: The source or a target cannot take part in a promotion, or there is nothing to
            promote.
    """
    if not target_apps:
        raise NoTargetsError
    coupled = {coupling.parent for coupling in pipelines.couplings(state, pipeline)}
    for app in (source, *target_apps):
        if app.id not in coupled:
            raise NotInPipelineError(app=app.name, pipeline=pipeline.name)
    if source in target_apps:
        raise SelfPromotionError(app=source.name)
    release = releases.current(state, source)
    if release is None or release.slug_id is None:
        raise NothingToPromoteError(app=source.name)
    return release


def targets(state: State, promotion: Promotion) -> list[PromotionTarget]:
    return state.store.every(PromotionTarget, parent=promotion.id)


def fail_interrupted(state: State) -> None:
    """Mark as failed each promotion that an earlier run of the server did not finish."""
    for target in state.store.every(PromotionTarget):
        if target.release_id is None and target.error is None:
            state.change(target, error=INTERRUPTED)


def document(state: State, promotion: Promotion) -> Document:
    pending = any(_status(state, t) == "pending" for t in targets(state, promotion))
    return {
        "id": promotion.id,
        "pipeline": {"id": promotion.parent},
        "source": {
            "app": {"id": promotion.source_id},
            "release": {"id": promotion.release_id},
        },
        "status": "pending" if pending else "completed",
        "created_at": promotion.created_at,
        "updated_at": promotion.updated_at,
    }


def target_document(state: State, target: PromotionTarget) -> Document:
    status = _status(state, target)
    return {
        "id": target.id,
        "app": {"id": target.app_id},
        "error_message": _error(target) if status == "failed" else None,
        "pipeline_promotion": {"id": target.parent},
        "release": {"id": target.release_id} if target.release_id else None,
        "status": status,
    }


def _status(state: State, target: PromotionTarget) -> str:
    """Return the target's status, which is that of its release once the release exists.

    The release's command may still run.
    """
    if target.error:
        return "failed"
    if target.release_id is None:
        return "pending"
    release = state.store.find(Release, target.release_id)
    return release.status if release else "failed"


def _error(target: PromotionTarget) -> str:
    return target.error or "The release command failed. See its output."
