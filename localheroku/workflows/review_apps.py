"""Creates and removes review apps in the background."""

from __future__ import annotations

import asyncio
import re
import secrets

from localheroku.api.apps.models import App, NewApp
from localheroku.api.apps.setups.models import SUCCEEDED, AppSetup
from localheroku.api.builds.models import NewBuild
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.repositories import models as repositories
from localheroku.api.pipelines.review_app_config import models as configs
from localheroku.api.pipelines.review_app_config.errors import ConfigNotFoundError
from localheroku.api.pipelines.review_app_config.models import REGION, SPACE, ReviewAppConfig
from localheroku.api.pipelines.review_apps import models
from localheroku.api.pipelines.review_apps.errors import NotEnabledError
from localheroku.api.pipelines.review_apps.models import ONGOING, NewReviewApp, ReviewApp
from localheroku.core.errors import ApiError
from localheroku.core.state import State
from localheroku.workflows.app_setups import AppSetups, SetupRequest
from localheroku.workflows.removal import Removal

STAGE = "review"
RESOLVE = "resolve"
"""The URL that the Heroku CLI sends for a branch of the connected repository."""
LONGEST_NAME = 30


class ReviewApps:
    """The review apps of all pipelines."""

    def __init__(self, state: State, app_setups: AppSetups, removal: Removal) -> None:
        self._state = state
        self._app_setups = app_setups
        self._removal = removal

    def start(self, pipeline: Pipeline, new: NewReviewApp) -> ReviewApp:
        """Create the app and deploy the branch to it; its status shows the progress.

        Raises:
            NotEnabledError: the pipeline has no configuration for review apps.
            BranchTakenError: the branch has a review app.
        """
        try:
            config = configs.of_pipeline(self._state, pipeline)
        except ConfigNotFoundError:
            raise NotEnabledError(pipeline=pipeline.name) from None
        review_app = models.add(self._state, pipeline, new, config)
        self._state.spawn(self._create(pipeline, config, review_app))
        return review_app

    async def _create(
        self, pipeline: Pipeline, config: ReviewAppConfig, review_app: ReviewApp
    ) -> None:
        state = self._state
        await state.provisioning.wait("review-app")
        try:
            source = await self._source(pipeline, review_app)
            if not models.is_ongoing(state, review_app):
                return
            running = await self._app_setups.start(
                _setup_request(pipeline, config, review_app, source)
            )
            app, setup = running.app, running.setup
            state.change(review_app, status="creating", app_id=app.id, setup_id=setup.id)
            pipelines.couple(state, app, pipeline, STAGE)
        except ApiError as error:
            self._settle(review_app, "errored", str(error))
            return
        await asyncio.wait([running.task])
        finished_setup = state.store.find(AppSetup, setup.id)
        if finished_setup:
            status = "created" if finished_setup.status == SUCCEEDED else "errored"
            self._settle(review_app, status, finished_setup.failure_message)

    def _settle(self, review_app: ReviewApp, status: str, message: str | None = None) -> None:
        if models.is_ongoing(self._state, review_app):
            self._state.change(review_app, status=status, message=message)

    async def _source(self, pipeline: Pipeline, review_app: ReviewApp) -> NewBuild:
        """Return the branch's archive, which may come from the connected repository."""
        if review_app.source != RESOLVE:
            return NewBuild(url=review_app.source, commit=review_app.commit)
        repository = repositories.of_pipeline(self._state, pipeline)
        branch = await repositories.find_branch(repository, review_app.branch)
        url = await repositories.archive(self._state, repository, branch)
        return NewBuild(url=url, commit=branch.commit)

    def remove(self, review_app: ReviewApp) -> ReviewApp:
        """Destroy the review app's app in the background."""
        changed = self._state.change(review_app, status="deleting")
        self._state.spawn(self._remove(changed))
        return changed

    async def _remove(self, review_app: ReviewApp) -> None:
        app = self._state.store.find(App, review_app.app_id or "")
        if app:
            await self._removal.remove_app(app)
        self._state.change(review_app, status="deleted")

    def end_interrupted(self) -> None:
        """Fail the creations and continue the removals that an earlier run did not finish."""
        for review_app in self._state.store.every(ReviewApp):
            if review_app.status in ONGOING:
                self._state.change(review_app, status="errored", message=models.INTERRUPTED)
            elif review_app.status == "deleting":
                self._state.spawn(self._remove(review_app))


def _setup_request(
    pipeline: Pipeline, config: ReviewAppConfig, review_app: ReviewApp, source: NewBuild
) -> SetupRequest:
    """Return the setup of the review app's app, owned by the owner of the pipeline."""
    name = _name(config.base_name or pipeline.name, review_app)
    number = review_app.pr_number
    return SetupRequest(
        app=NewApp(
            name=name,
            region=config.target_id if config.target_type == REGION else None,
            space=config.target_id if config.target_type == SPACE else None,
            team=pipeline.owner_id if pipeline.owner_type == "team" else None,
        ),
        source=source,
        env={
            **pipelines.stage_vars(pipeline, STAGE),
            **review_app.environment,
            "HEROKU_APP_NAME": name,
            "HEROKU_BRANCH": review_app.branch,
            **({} if number is None else {"HEROKU_PR_NUMBER": str(number)}),
        },
        environment=STAGE,
    )


def _name(base: str, review_app: ReviewApp) -> str:
    """Return a name such as acme-shop-pr-12, or acme-shop-login-1f2e3d without a pull request."""
    if review_app.pr_number is not None:
        end = f"-pr-{review_app.pr_number}"
    else:
        branch = re.sub(r"[^a-z0-9]+", "-", review_app.branch.lower()).strip("-")
        end = f"-{branch[:10]}-{secrets.token_hex(3)}"
    return f"{base[: LONGEST_NAME - len(end)]}{end}"
