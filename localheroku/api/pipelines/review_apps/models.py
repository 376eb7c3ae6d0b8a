"""Review apps: one app for each branch, in the review stage of its pipeline.

https://devcenter.heroku.com/articles/github-integration-review-apps
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from localheroku.api.account import models as accounts
from localheroku.api.apps.models import App, NewApp
from localheroku.api.apps.setups.models import SUCCEEDED, Setup
from localheroku.api.builds.models import NewBuild
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.repositories import models as repositories
from localheroku.api.pipelines.review_app_config import models as configs
from localheroku.api.pipelines.review_app_config.errors import ConfigNotFoundError
from localheroku.api.pipelines.review_app_config.models import REGION, SPACE, ReviewAppConfig
from localheroku.api.pipelines.review_apps.errors import (
    BranchTakenError,
    NotEnabledError,
    ReviewAppNotFoundError,
)
from localheroku.core.errors import ApiError
from localheroku.core.record import Record
from localheroku.platform import Document, Platform
from localheroku.workflows import app_setups
from localheroku.workflows.app_setups import Order

STAGE = "review"
RESOLVE = "resolve"
"""What the command line writes for the URL of a branch of the connected repository."""
LONGEST_NAME = 30
INTERRUPTED = "The review app was cut off while it was being created. Create it again."
DOING = ("pending", "creating")
GONE = ("deleting", "deleted")


@dataclass(frozen=True, kw_only=True)
class ReviewApp(Record):
    """Its parent is the pipeline; `source` is where the archive comes from, `commit` what of."""

    branch: str
    creator_id: str
    source: str
    commit: str | None
    pr_number: int | None
    fork_repo_id: int | None
    environment: dict[str, str] = field(repr=False)
    wait_for_ci: bool
    status: str = "pending"
    app_id: str | None = None
    setup_id: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class NewReviewApp:
    branch: str
    source: str
    commit: str | None = None
    pr_number: int | None = None
    fork_repo_id: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def find(platform: Platform, identity: str) -> ReviewApp:
    """Raises ReviewAppNotFoundError."""
    review_app = platform.store.find(ReviewApp, identity)
    if review_app is None:
        raise ReviewAppNotFoundError
    return review_app


def of_app(platform: Platform, app: App) -> ReviewApp:
    """Raises ReviewAppNotFoundError for an app that is no review app."""
    review_app = platform.store.named(ReviewApp, app_id=app.id)
    if review_app is None:
        raise ReviewAppNotFoundError
    return review_app


def of_pipeline(platform: Platform, pipeline: Pipeline) -> list[ReviewApp]:
    """Those that are there or become so."""
    every = platform.store.every(ReviewApp, parent=pipeline.id)
    return [review_app for review_app in every if status(platform, review_app) not in GONE]


def start(platform: Platform, pipeline: Pipeline, new: NewReviewApp) -> ReviewApp:
    """Create the app, deploy the branch to it, and tell by its status how far that is.

    Raises NotEnabledError, or BranchTakenError when the branch has one.
    """
    try:
        config = configs.of_pipeline(platform, pipeline)
    except ConfigNotFoundError:
        raise NotEnabledError(pipeline=pipeline.name) from None
    if any(other.branch == new.branch for other in of_pipeline(platform, pipeline)):
        raise BranchTakenError(branch=new.branch)
    review_app = platform.store.put(
        ReviewApp(
            **platform.stamp(),
            parent=pipeline.id,
            branch=new.branch,
            creator_id=accounts.current(platform).id,
            source=new.source,
            commit=new.commit,
            pr_number=new.pr_number,
            fork_repo_id=new.fork_repo_id,
            environment=dict(new.environment),
            wait_for_ci=config.wait_for_ci,
        )
    )
    platform.spawn(_create(platform, pipeline, config, review_app))
    return review_app


async def _create(
    platform: Platform, pipeline: Pipeline, config: ReviewAppConfig, review_app: ReviewApp
) -> None:
    await platform.provisioning.wait("review-app")
    try:
        source = await _source(platform, pipeline, review_app)
        if not _wanted(platform, review_app):
            return
        begun = await app_setups.start(platform, _order(pipeline, config, review_app, source))
        platform.change(review_app, status="creating", app_id=begun.app.id, setup_id=begun.setup.id)
        pipelines.couple(platform, begun.app, pipeline, STAGE)
    except ApiError as error:
        _settle(platform, review_app, "errored", str(error))
        return
    await asyncio.wait([begun.work])
    setup = platform.store.find(Setup, begun.setup.id)
    if setup:
        status = "created" if setup.status == SUCCEEDED else "errored"
        _settle(platform, review_app, status, setup.failure_message)


def _wanted(platform: Platform, review_app: ReviewApp) -> bool:
    """Whether neither it nor its pipeline was removed meanwhile."""
    present = platform.store.find(ReviewApp, review_app.id)
    return present is not None and present.status in DOING


def _settle(
    platform: Platform, review_app: ReviewApp, status: str, message: str | None = None
) -> None:
    if _wanted(platform, review_app):
        platform.change(review_app, status=status, message=message)


async def _source(platform: Platform, pipeline: Pipeline, review_app: ReviewApp) -> NewBuild:
    """Where the archive of the branch is, which the connected repository may have to tell."""
    if review_app.source != RESOLVE:
        return NewBuild(url=review_app.source, commit=review_app.commit)
    repository = repositories.of_pipeline(platform, pipeline)
    branch = await repositories.find_branch(repository, review_app.branch)
    url = await repositories.archive(platform, repository, branch)
    return NewBuild(url=url, commit=branch.commit)


def _order(
    pipeline: Pipeline, config: ReviewAppConfig, review_app: ReviewApp, source: NewBuild
) -> Order:
    """In the region or space of the configuration, owned as the pipeline is."""
    name = _name(config.base_name or pipeline.name, review_app)
    number = review_app.pr_number
    return Order(
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
    """Such as acme-shop-pr-12, or without a pull request acme-shop-login-form-1f2e3d."""
    if review_app.pr_number is not None:
        end = f"-pr-{review_app.pr_number}"
    else:
        branch = re.sub(r"[^a-z0-9]+", "-", review_app.branch.lower()).strip("-")
        end = f"-{branch[:10]}-{secrets.token_hex(3)}"
    return f"{base[: LONGEST_NAME - len(end)]}{end}"


def remove(platform: Platform, review_app: ReviewApp) -> ReviewApp:
    """Destroy its app in the background."""
    leaving = platform.change(review_app, status="deleting")
    platform.spawn(_remove(platform, leaving))
    return leaving


async def _remove(platform: Platform, review_app: ReviewApp) -> None:
    app = platform.store.find(App, review_app.app_id or "")
    if app:
        await platform.deployment.remove(app)
    platform.change(review_app, status="deleted")


def fail_interrupted(platform: Platform) -> None:
    """Those that an earlier run of the server left will not go on by themselves."""
    for review_app in platform.store.every(ReviewApp):
        if review_app.status in DOING:
            platform.change(review_app, status="errored", message=INTERRUPTED)
        elif review_app.status == "deleting":
            platform.spawn(_remove(platform, review_app))


def status(platform: Platform, review_app: ReviewApp) -> str:
    """One whose app was destroyed is gone with it."""
    gone = review_app.app_id and platform.store.find(App, review_app.app_id) is None
    return "deleted" if gone and review_app.status != "deleting" else review_app.status


def document(platform: Platform, review_app: ReviewApp) -> Document:
    shown = status(platform, review_app)
    has_app = review_app.app_id and shown != "deleted"
    creator = accounts.find(platform, review_app.creator_id)
    fork = review_app.fork_repo_id
    return {
        "id": review_app.id,
        "app": {"id": review_app.app_id} if has_app else None,
        "app_setup": {"id": review_app.setup_id} if has_app else None,
        "branch": review_app.branch,
        "creator": accounts.brief(creator),
        "error_status": shown if shown == "errored" else None,
        "fork_repo": None if fork is None else {"id": fork},
        "message": review_app.message,
        "pipeline": {"id": review_app.parent},
        "pr_number": review_app.pr_number,
        "status": shown,
        "wait_for_ci": review_app.wait_for_ci,
        "created_at": review_app.created_at,
        "updated_at": review_app.updated_at,
    }
