"""Local stand-ins for GitHub and GitLab, with pauses that take no time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dynostack.comment import command
from dynostack.comment.github import GitHub
from dynostack.comment.gitlab import GitLab
from dynostack.comment.host import Host
from dynostack.comment.publish import Shown
from dynostack.review.model import Review
from dynostack.review.render import json
from dynostack.review.several import Reviews
from tests.comment.service import TOKEN, GitHubService, GitLabService, Service, project_of, running


@dataclass(frozen=True)
class Rig:
    """A service and its client."""

    service: Service
    host: Host
    folder: Path
    pauses: list[float]

    def comment(self, *reviews: Review | Reviews) -> list[str]:
        files = [self.folder / f"{number}.json" for number in range(len(reviews))]
        for file, each in zip(files, reviews, strict=True):
            file.write_text(each.json() if isinstance(each, Reviews) else json.render(each))
        return list(command.comment(self.host, "shop", files))

    @property
    def shown(self) -> Shown:
        return command.shown(self.host, "shop")


def variables(service: Service) -> dict[str, str]:
    """Return the environment variables of a job."""
    return {
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": service.address,
        "GITLAB_TOKEN": TOKEN,
        "CI_API_V4_URL": service.address,
    }


def host_of(service: Service, **changed: str) -> Host:
    of = GitHub.of if isinstance(service, GitHubService) else GitLab.of
    return of({**variables(service), **changed}, project_of(service), 7)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr("dynostack.comment.http.sleep", waited.append)
    monkeypatch.setattr("dynostack.comment.publish.sleep", waited.append)
    return waited


@pytest.fixture(params=[GitHubService, GitLabService])
def rig(request: pytest.FixtureRequest, tmp_path: Path, pauses: list[float]) -> Iterator[Rig]:
    with running(request.param()) as service:
        yield Rig(service, host_of(service), tmp_path, pauses)


@pytest.fixture
def github(tmp_path: Path, pauses: list[float]) -> Iterator[Rig]:
    with running(GitHubService()) as service:
        yield Rig(service, host_of(service), tmp_path, pauses)


def review(stack: str = "prod", digest: str = "a" * 64, app: str = "acme-shop") -> Review:
    """Return a review that is empty except for its names."""
    return Review(
        project="shop",
        stack=stack,
        app=app,
        environment=f"Pulumi.{stack}.yaml",
        engine="3.258.0",
        digest=digest,
    )
