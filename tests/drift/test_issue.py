"""Tests of the one issue that says how Heroku differs from the files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dynostack.comment.errors import CommentError
from dynostack.comment.issues import LIMIT, GitHubIssues
from dynostack.comparison.difference import Difference, Kind
from dynostack.drift.command import Drift
from dynostack.drift.issue import DriftIssue
from tests.comment.conftest import variables
from tests.comment.repository import GitHubRepository
from tests.comment.service import Fault, running

OWNER = Difference(
    Kind.ADDED, "collaborators.dev@acme.example", "@everyone may <manage> it", "2026-11-29"
)
PLAN = Difference(Kind.CHANGED, "postgres.plan", "plan", by="ops@acme.example")
HEADER = "<!-- dynostack:drift project=shop -->\n"


def drift(stack: str, *differences: Difference) -> Drift:
    return Drift(stack, f"acme-{stack}", differences, ())


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubRepository]:
    monkeypatch.setattr("dynostack.drift.issue.sleep", lambda _: None)
    monkeypatch.setattr("dynostack.comment.http.sleep", lambda _: None)
    with running(GitHubRepository()) as service:
        assert isinstance(service, GitHubRepository)
        yield service


def publish(service: GitHubRepository, *drifts: Drift, **failures: str) -> list[str]:
    issue = DriftIssue(GitHubIssues.of(variables(service), "acme/shop"), "shop")
    return [line.split()[0] for line in issue.publish(drifts, failures)]


def test_it_is_opened_updated_and_closed(github: GitHubRepository) -> None:
    assert publish(github, drift("prod")) == []
    assert publish(github, drift("prod", OWNER), drift("staging")) == ["opened"]
    (issue,) = github.issues
    assert issue["title"] == "shop: 1 difference between Heroku and the files, in 1 stack"
    assert issue["labels"] == [{"name": "drift"}]
    assert issue["body"].startswith(HEADER)
    assert "- **added** `@everyone may <manage> it` (since 2026-11-29)" in issue["body"]
    assert "**Matching the file (1)**" in issue["body"]

    assert publish(github, drift("prod", OWNER), drift("staging")) == ["unchanged"]
    assert publish(github, drift("prod", PLAN, OWNER)) == ["updated"]
    assert issue["title"] == "shop: 2 differences between Heroku and the files, in 1 stack"
    assert "- **changed** plan (by `ops@acme.example`)" in issue["body"]

    assert publish(github, drift("prod")) == ["closed"]
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert publish(github, drift("prod", OWNER)) == ["opened"]
    assert len(github.open_issues) == 1


def test_a_stack_that_cannot_be_compared_opens_and_closes_nothing(github: GitHubRepository) -> None:
    assert publish(github, drift("prod"), staging="no <key>") == []
    assert github.issues == []
    publish(github, drift("prod", OWNER))
    assert publish(github, drift("prod"), staging="no <key>") == ["updated"]
    (issue,) = github.open_issues
    assert "**Not compared**\n\n- `staging`: `no <key>`" in issue["body"]
    assert publish(github, drift("prod"), drift("staging")) == ["closed"]


def test_issues_of_others_and_pull_requests_are_left_alone(github: GitHubRepository) -> None:
    github.opened({"title": "mine", "body": HEADER}, author="mallory")
    github.opened({"title": "of blog", "body": HEADER.replace("shop", "shop2")})
    github.opened({"title": "a request", "body": HEADER}, pull_request={})
    assert publish(github, drift("prod", OWNER)) == ["opened"]
    assert publish(github, drift("prod")) == ["closed"]
    assert [each["title"] for each in github.open_issues] == ["mine", "of blog", "a request"]


def test_it_is_found_behind_newer_issues(github: GitHubRepository) -> None:
    publish(github, drift("prod", OWNER))
    for number in range(150):
        github.opened({"title": str(number), "body": ""}, author="dev")
    assert publish(github, drift("prod", OWNER, PLAN)) == ["updated"]


def test_two_open_ones_become_one(github: GitHubRepository) -> None:
    publish(github, drift("prod", OWNER))
    github.opened({"title": "by a run at the same time", "body": HEADER})
    assert publish(github, drift("prod", OWNER)) == ["unchanged", "closed"]
    assert [each["number"] for each in github.open_issues] == [8]


@pytest.mark.parametrize("was_created", [True, False])
def test_a_lost_answer_makes_no_second_issue(github: GitHubRepository, was_created: bool) -> None:
    github.fails("POST", Fault(502, done=was_created))
    assert publish(github, drift("prod", OWNER)) == ["opened"]
    assert len(github.issues) == 1


def test_it_is_never_too_long(github: GitHubRepository) -> None:
    many = [Difference(Kind.ADDED, f"addons.{n}", f"add-on {n} {'x' * 90}") for n in range(900)]
    assert publish(github, drift("prod", *many), drift("staging", OWNER)) == ["opened"]
    (issue,) = github.issues
    assert LIMIT - 2_000 < len(issue["body"]) <= LIMIT
    assert "more that do not fit" in issue["body"]
    assert "**`staging` (`acme-staging`): 1 difference**" in issue["body"]


def test_a_refusal_says_what_to_do(github: GitHubRepository) -> None:
    github.fails("GET", Fault(403, body={"message": "Resource not accessible"}))
    with pytest.raises(CommentError, match="may not write to the issues of acme/shop; give it the"):
        publish(github, drift("prod", OWNER))
