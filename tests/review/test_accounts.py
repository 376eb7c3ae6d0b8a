"""A key of another account, or without access, is refused in one sentence before anything else."""

from __future__ import annotations

import os
import shlex

import pytest

from tests.e2e.rehearsal import Done
from tests.review.world import ReviewWorld

pytestmark = [pytest.mark.e2e, pytest.mark.long]
COLLABORATOR, STRANGER = "dev@acme.example", "stranger@acme.example"
REVIEW = "dynostack review small"


def _as(world: ReviewWorld, email: str, command: str) -> Done:
    entering = world.run("env", "--as", email).output
    run = command.replace("dynostack", shlex.join(world.rehearsal.program), 1)
    return world.rehearsal.inside("sh", "-c", f"{entering}\nexec {run}")


def _assert_one_sentence(done: Done, sentence: str) -> None:
    assert done.exit_code == 1
    lines = [line for line in done.output.splitlines() if not line.startswith("==> ")]
    assert len(lines) == 2, done.output
    assert sentence in lines[0]


def test_a_key_of_another_account_is_refused(small: ReviewWorld) -> None:
    small.edit("essential-0", "essential-1")
    digest, before = small.digest(), small.on_heroku
    apply = f"dynostack apply small --reviewed {digest}"
    for email, command in (
        (COLLABORATOR, "pulumi preview --stack small --non-interactive"),
        (COLLABORATOR, "pulumi up --stack small --yes --non-interactive"),
        (COLLABORATOR, REVIEW),
        (STRANGER, REVIEW),
        (STRANGER, apply),
    ):
        done = _as(small, email, command)
        assert done.exit_code != 0, command
        sentence = f"small belongs to ops@acme.example, but the API key in use belongs to {email}"
        assert sentence in done.output
        assert 'eval "$(dynostack env --as ops@acme.example)"' in done.output
        if command in (REVIEW, apply):
            _assert_one_sentence(done, sentence)
    assert small.on_heroku == before


def test_the_right_account_without_access_is_refused(small: ReviewWorld) -> None:
    small.edit("ops@acme.example", STRANGER)
    done = _as(small, STRANGER, REVIEW)
    _assert_one_sentence(done, "the account of the API key in use has no access to app acme-small")


def test_a_key_that_heroku_does_not_accept_is_refused(small: ReviewWorld) -> None:
    variables = {**small.rehearsal.world.variables(), "HEROKU_API_KEY": "HRKU-not-a-key"}
    done = small.rehearsal.dynostack("review", "small", **variables)
    _assert_one_sentence(done, "Heroku does not accept the API key in use")
    assert "HRKU-not-a-key" not in done.output


def test_a_review_of_an_app_without_a_key_is_refused(small: ReviewWorld) -> None:
    variables = {
        **small.rehearsal.world.variables(),
        "HEROKU_API_KEY": "",
        "NETRC_PATH": os.devnull,
    }
    done = small.rehearsal.dynostack("review", "small", **variables)
    _assert_one_sentence(done, "small belongs to ops@acme.example, and there is no API key")
