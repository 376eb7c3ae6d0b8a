"""Review apps: one app for each branch, in the review stage of its pipeline.

https://devcenter.heroku.com/articles/github-integration-review-apps
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from localheroku.api.account import models as accounts
from localheroku.api.apps.models import App
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.review_app_config.models import ReviewAppConfig
from localheroku.api.pipelines.review_apps.errors import BranchTakenError, ReviewAppNotFoundError
from localheroku.core.record import Record
from localheroku.core.state import Document, State

INTERRUPTED = "The creation of the review app was interrupted. Create the review app again."
ONGOING = ("pending", "creating")
GONE = ("deleting", "deleted")


@dataclass(frozen=True, kw_only=True)
class ReviewApp(Record):
    """A review app of a pipeline (the parent record).

    `source` is the URL of the source archive, `commit` its commit.
    """

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


def find(state: State, identity: str) -> ReviewApp:
    """Return the review app with an id.

    Raises:
        ReviewAppNotFoundError: There is no such review app.
    """
    review_app = state.store.find(ReviewApp, identity)
    if review_app is None:
        raise ReviewAppNotFoundError
    return review_app


def of_app(state: State, app: App) -> ReviewApp:
    """Return the review app of an app.

    Raises:
        ReviewAppNotFoundError: The app is not a review app.
    """
    review_app = state.store.named(ReviewApp, app_id=app.id)
    if review_app is None:
        raise ReviewAppNotFoundError
    return review_app


def of_pipeline(state: State, pipeline: Pipeline) -> list[ReviewApp]:
    """Return the pipeline's review apps, created or being created."""
    every = state.store.every(ReviewApp, parent=pipeline.id)
    return [review_app for review_app in every if status(state, review_app) not in GONE]


def add(state: State, pipeline: Pipeline, new: NewReviewApp, config: ReviewAppConfig) -> ReviewApp:
    """Store a review app whose app is not yet created.

    Raises:
        BranchTakenError: The branch already has a review app.
    """
    if any(other.branch == new.branch for other in of_pipeline(state, pipeline)):
        raise BranchTakenError(branch=new.branch)
    return state.store.put(
        ReviewApp(
            **state.stamp(),
            parent=pipeline.id,
            branch=new.branch,
            creator_id=accounts.current(state).id,
            source=new.source,
            commit=new.commit,
            pr_number=new.pr_number,
            fork_repo_id=new.fork_repo_id,
            environment=dict(new.environment),
            wait_for_ci=config.wait_for_ci,
        )
    )


def is_ongoing(state: State, review_app: ReviewApp) -> bool:
    """Return whether the review app is still being created, and its pipeline still exists."""
    present = state.store.find(ReviewApp, review_app.id)
    return present is not None and present.status in ONGOING


def status(state: State, review_app: ReviewApp) -> str:
    """Return the status; a review app is deleted if its app was destroyed."""
    gone = review_app.app_id and state.store.find(App, review_app.app_id) is None
    return "deleted" if gone and review_app.status != "deleting" else review_app.status


def document(state: State, review_app: ReviewApp) -> Document:
    current_status = status(state, review_app)
    has_app = review_app.app_id and current_status != "deleted"
    creator = accounts.find(state, review_app.creator_id)
    fork = review_app.fork_repo_id
    return {
        "id": review_app.id,
        "app": {"id": review_app.app_id} if has_app else None,
        "app_setup": {"id": review_app.setup_id} if has_app else None,
        "branch": review_app.branch,
        "creator": accounts.brief(creator),
        "error_status": current_status if current_status == "errored" else None,
        "fork_repo": None if fork is None else {"id": fork},
        "message": review_app.message,
        "pipeline": {"id": review_app.parent},
        "pr_number": review_app.pr_number,
        "status": current_status,
        "wait_for_ci": review_app.wait_for_ci,
        "created_at": review_app.created_at,
        "updated_at": review_app.updated_at,
    }
