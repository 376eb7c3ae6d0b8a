"""The commands `dynostack comment` and `reviewed` as a workflow runs them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from dynostack.errors import NOT_STARTED
from dynostack.review.render import json
from tests import warm
from tests.comment.conftest import host_of, review, variables
from tests.comment.service import (
    TOKEN,
    Fault,
    GitHubService,
    GitLabService,
    Service,
    project_of,
    running,
)

PROJECT = Path(__file__).parents[2]
HOSTS = {GitHubService: "github", GitLabService: "gitlab"}


def run(service: Service, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    request = ["--host", HOSTS[type(service)], "--repo", project_of(service), "--pr", "7"]
    done = subprocess.run(
        [warm.dynostack(), *arguments, *request],
        cwd=PROJECT,
        env={**os.environ, **variables(service), **changed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert TOKEN not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize("kind", HOSTS)
def test_from_a_review_to_its_digest(kind: type[Service], tmp_path: Path) -> None:
    file = tmp_path / "review.json"
    file.write_text(json.render(review(digest="sha256:abc")))
    with running(kind()) as service:
        done = run(service, "comment", str(file))
        assert done.returncode == 0, done.stderr
        assert "created https://" in done.stderr or "created http://" in done.stderr
        assert run(service, "reviewed", "prod").stdout == "sha256:abc\n"
        assert run(service, "comment", "--outdated").returncode == 0
        gone = run(service, "reviewed", "prod")
    assert gone.returncode == 1
    assert gone.stdout == ""
    assert "review prod again" in gone.stderr


def test_the_digests_of_several_stacks(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.json" for name in ("prod", "staging")}
    for name, file in files.items():
        file.write_text(json.render(review(name, digest=f"sha256:{name}")))
    with running(GitHubService()) as service:
        assert run(service, "reviewed", "--all").returncode == 1
        assert run(service, "comment", *map(str, files.values())).returncode == 0
        assert run(service, "reviewed", "--all").stdout == ""
        done = run(service, "reviewed", "staging", "other", "prod")
    assert done.returncode == 1
    assert done.stdout == "staging=sha256:staging\nprod=sha256:prod\n"
    assert "no review of other to apply" in done.stderr


def test_a_refusal_is_one_sentence(tmp_path: Path) -> None:
    with running(GitHubService()) as service:
        service.fails("GET", Fault(403, body={"message": f"no, {TOKEN}"}))
        done = run(service, "comment", "--outdated")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "pull-requests: write" in done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{}", "is not a review"),
        ("not JSON", "is not a review"),
        (None, "cannot read"),
        (json.render(review()).replace('"shop"', '"blog"'), "is a review of blog"),
    ],
)
def test_files_that_are_not_a_review_of_this_project(
    content: str | None, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "review.json"
    if content is not None:
        file.write_text(content)
    with running(GitHubService()) as service:
        done = run(service, "comment", str(file))
        assert service.bodies == []
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_two_reviews_of_one_stack(tmp_path: Path) -> None:
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file in files:
        file.write_text(json.render(review()))
    with running(GitHubService()) as service:
        done = run(service, "comment", *map(str, files))
        assert service.bodies == []
    assert "there are several reviews of prod" in done.stderr


def test_an_enterprise_server_has_its_own_addresses() -> None:
    with running(GitHubService()) as service:
        host = host_of(service, GITHUB_API_URL=f"{service.address}/api/v3")
        assert host.author() == "github-actions[bot]"
        assert service.asked[-1].path == "/api/graphql"


def test_a_pull_request_is_named_once() -> None:
    with running(GitHubService()) as service:
        done = run(service, "reviewed", "--all", "--commit", "a1b2c3")
        assert service.asked == []
    assert done.returncode == NOT_STARTED
    assert "pass --pr, or on GitHub --commit" in done.stderr
