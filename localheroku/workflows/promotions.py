"""Promotes releases: releases the slug of one app of a pipeline in others."""

from __future__ import annotations

from collections.abc import Sequence

from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.releases.models import Release
from localheroku.api.builds.slugs import models as slugs
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.promotions import models
from localheroku.api.pipelines.promotions.errors import NothingToPromoteError
from localheroku.api.pipelines.promotions.models import Promotion, PromotionTarget
from localheroku.core.errors import ApiError
from localheroku.core.state import State
from localheroku.workflows.deployment import Deployment

COMMIT_LETTERS = 8


class Promotions:
    """The promotions of all pipelines."""

    def __init__(self, state: State, deployment: Deployment) -> None:
        self._state = state
        self._deployment = deployment

    def start(self, pipeline: Pipeline, source: App, targets: Sequence[App]) -> Promotion:
        """Promote in the background.

        Raises:
            ParamsError: there is nothing to promote.
        """
        release = models.check(self._state, pipeline, source, targets)
        promotion = models.add(self._state, pipeline, source, release, targets)
        self._state.spawn(self._promote(promotion))
        return promotion

    async def _promote(self, promotion: Promotion) -> None:
        state = self._state
        await state.provisioning.wait("promotion")
        for target in models.targets(state, promotion):
            try:
                release = await self._release(promotion, target)
            except ApiError as error:
                state.change(target, error=str(error))
            else:
                state.change(target, release_id=release.id)

    async def _release(self, promotion: Promotion, target: PromotionTarget) -> Release:
        state = self._state
        source = apps.find(state, promotion.source_id)
        promoted = releases.find(state, source, promotion.release_id)
        slug = releases.slug_of(state, promoted)
        if slug is None:
            raise NothingToPromoteError(app=source.name)
        app = apps.find(state, target.app_id)
        commit = (slug.commit or slug.id)[:COMMIT_LETTERS]
        description = f"Promote {source.name} v{promoted.version} {commit}"
        installed = await slugs.install(state, app, slug)
        return self._deployment.start(app, installed, description)
