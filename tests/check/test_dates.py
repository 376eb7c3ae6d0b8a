"""Diagnostics that depend on the day."""

from datetime import date
from pathlib import Path

import pytest

from dynostack.environment import catalogue, examine, load
from dynostack.environment.rules.end_of_life import SOON
from tests.check.conftest import WARNED

END = catalogue.end_of_life("heroku-22")


def said_on(day: date, project: Path) -> list[str]:
    (project / "Pulumi.x.yaml").write_text(WARNED)
    return [each.message for each in examine("x", project, today=day).warnings]


def test_the_end_of_life_of_a_stack_is_known() -> None:
    assert catalogue.end_of_life("heroku-22") == date(2027, 4, 30)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 1), "in 180 days"),
        (date(2027, 4, 30), "in 0 days"),
        (date(2027, 5, 1), "stack heroku-22 reached its end of life on 2027-04-30"),
    ],
)
def test_an_end_of_life_is_reported_when_it_is_near_or_past(
    day: date, words: str, project: Path
) -> None:
    (says,) = said_on(day, project)
    assert words in says


def test_an_end_of_life_is_not_reported_earlier(project: Path) -> None:
    assert END is not None
    assert said_on(END - SOON - date.resolution, project) == []


def test_a_warning_does_not_stop(project: Path) -> None:
    (project / "Pulumi.x.yaml").write_text(WARNED)
    assert examine("x", project, today=date(2027, 1, 1)).warnings
    assert load("x", project).app.stack == "heroku-22"
