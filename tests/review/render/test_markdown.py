"""The comment fits the host's limit, and its summary is never cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dynostack.review.markup import plain
from dynostack.review.model import Operation
from dynostack.review.render import labels, markdown
from tests.review.pages import comment
from tests.review.samples import FULL, change

MANY = replace(
    FULL,
    errors=(),
    changes=tuple(
        change(operation, f"db-{operation}-{number}")
        for operation in (Operation.REPLACE, Operation.UPDATE)
        for number in range(500)
    ),
)


@pytest.mark.parametrize("limit", [3_000, 10_000, 65_536, 1_000_000])
def test_the_limit_is_kept(limit: int) -> None:
    text = markdown.render(MANY, limit)
    assert len(text) <= limit
    assert not comment(text).foreign


@pytest.mark.parametrize("limit", [3_000, 10_000, 65_536])
def test_the_summary_stays_and_left_out_items_are_counted(limit: int) -> None:
    text = markdown.render(MANY, limit)
    shown = comment(text)
    assert plain(labels.headline(MANY)) in shown.text
    assert MANY.digest in text
    assert labels.totals(MANY.costs) in shown.text
    assert "Other changes (500)" in text
    assert "that do not fit into a comment" in shown.text


def test_as_much_as_fits_is_shown() -> None:
    assert len(markdown.render(MANY, 65_536)) > 64_000


def test_the_most_severe_is_shown_first() -> None:
    text = markdown.render(MANY, 10_000)
    assert "db-replace-0" in text
    assert "db-update-0" not in text


def test_nothing_is_left_out_below_the_limit() -> None:
    text = markdown.render(MANY, 10_000_000)
    assert "do not fit" not in text
    assert "db-update-499" in text
