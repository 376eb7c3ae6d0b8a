"""The configuration of a pipeline's review apps.

https://devcenter.heroku.com/articles/github-integration-review-apps

The local Heroku does not watch repositories. It stores and shows the settings for what Heroku does
automatically on a push or when an app is stale, but does not act on them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.review_app_config.errors import (
    ConfigNotFoundError,
    EnabledError,
    RepoFormError,
    RepoNeededError,
    StaleDaysError,
    TargetNotFoundError,
    TargetTypeError,
)
from localheroku.core import catalogue
from localheroku.core.record import Record
from localheroku.core.state import Document, State

REPO = re.compile(r"[\w.-]+/[\w.-]+")
MIN_DAYS, MAX_DAYS, DEFAULT_DAYS = 1, 30, 5
REGION = "region"
SPACE = "space"


@dataclass(frozen=True, kw_only=True)
class ReviewAppConfig(Record):
    """The configuration of a pipeline (the parent record).

    The id of the deploy target is that of a region or a space.
    """

    repo: str
    automatic_review_apps: bool = False
    destroy_stale_apps: bool = False
    stale_days: int = DEFAULT_DAYS
    wait_for_ci: bool = False
    base_name: str | None = None
    target_type: str | None = None
    target_id: str | None = None


def of_pipeline(state: State, pipeline: Pipeline) -> ReviewAppConfig:
    """Return the pipeline's configuration.

    Raises:
        ConfigNotFoundError: Review apps are not enabled.
    """
    for config in state.store.every(ReviewAppConfig, parent=pipeline.id):
        return config
    raise ConfigNotFoundError


def enable(
    state: State, pipeline: Pipeline, repo: str | None, options: Mapping[str, Any]
) -> ReviewAppConfig:
    """Enable review apps for a pipeline.

    Raises:
        EnabledError: Review apps are already enabled.
        ParamsError: The repository or an option is invalid.
    """
    if repo is None:
        raise RepoNeededError(pipeline=pipeline.name)
    if REPO.fullmatch(repo) is None:
        raise RepoFormError(repo=repo)
    if state.store.every(ReviewAppConfig, parent=pipeline.id):
        raise EnabledError(pipeline=pipeline.name)
    changes = _changes(state, options)
    return state.store.put(
        ReviewAppConfig(**state.stamp(), parent=pipeline.id, repo=repo, **changes)
    )


def update(state: State, config: ReviewAppConfig, options: Mapping[str, Any]) -> ReviewAppConfig:
    return state.change(config, **_changes(state, options))


def _changes(state: State, options: Mapping[str, Any]) -> dict[str, Any]:
    changes = dict(options)
    days = changes.get("stale_days", DEFAULT_DAYS)
    if not MIN_DAYS <= days <= MAX_DAYS:
        raise StaleDaysError(least=MIN_DAYS, most=MAX_DAYS)
    if "deploy_target" in changes:
        target = changes.pop("deploy_target")
        changes["target_type"] = target["type"] if target else None
        changes["target_id"] = _target(state, target) if target else None
    return changes


def _target(state: State, target: Mapping[str, str]) -> str:
    if target["type"] not in (REGION, SPACE):
        raise TargetTypeError(type=target["type"], known=f"{REGION}, {SPACE}")
    if target["type"] == REGION:
        region = catalogue.find(state.catalogue.regions, target["id"])
        if region is None:
            raise TargetNotFoundError
        return region.id
    return target["id"]


def document(config: ReviewAppConfig) -> Document:
    """Return the configuration as the API shows it.

    On Heroku, the repository's id is GitHub's; here it is computed from the repository's name.
    """
    target = {"id": config.target_id, "type": config.target_type} if config.target_type else None
    return {
        "repo": {"id": zlib.crc32(config.repo.encode())},
        "automatic_review_apps": config.automatic_review_apps,
        "deploy_target": target,
        "destroy_stale_apps": config.destroy_stale_apps,
        "stale_days": config.stale_days,
        "pipeline_id": config.parent,
        "wait_for_ci": config.wait_for_ci,
        "base_name": config.base_name,
    }
