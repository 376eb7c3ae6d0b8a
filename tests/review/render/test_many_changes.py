"""A change of 500 resources in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynostack.review.model import Review
from dynostack.review.render import html, markdown
from dynostack.review.render import json as as_json
from tests.review.golden import RENDERINGS
from tests.review.pages import Page, comment
from tests.review.steps import app, database, person, reviewed

EMAILS = [f"person{number:03}@acme.example" for number in range(500)]


@pytest.fixture
def crowd(tmp_path: Path) -> Review:
    """Return a review of 500 new collaborators and the removal of a database."""
    people = (person(email, None, ["view"]) for email in EMAILS)
    return reviewed(app({}, {}), database("standard-0", None), *people, directory=tmp_path)


def test_the_comment_fits_and_starts_with_the_most_severe(crowd: Review) -> None:
    text = markdown.render(crowd)
    assert len(text) <= markdown.GITHUB_LIMIT
    assert not comment(text).foreign
    assert text.index("postgres") < text.index(EMAILS[0])
    assert "that do not fit into a comment" in text


@pytest.mark.parametrize("suffix", ["txt", "html", "json"])
def test_every_other_format_has_all_changes(crowd: Review, suffix: str) -> None:
    text = RENDERINGS[suffix](crowd)
    assert [email for email in EMAILS if email not in text] == []


def test_the_page_is_valid_html(crowd: Review) -> None:
    page = Page.of(html.render(crowd))
    assert not page.loads
    assert len(page.ids) == len({*page.ids})
    assert {each.removeprefix("#") for each in page.links} <= {*page.ids}


def test_json_is_the_whole_review(crowd: Review) -> None:
    assert as_json.parse(as_json.render(crowd)) == crowd
