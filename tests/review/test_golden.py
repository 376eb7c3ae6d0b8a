"""Previews of the real engine on the local Heroku, rendered in all formats.

tests/review/cases.yaml describes them. `python -m tests.review.record` records them, and
`python -m tests.review.golden` renews the expected renderings; read these before you commit them.
"""

from __future__ import annotations

import re

import pytest
import yaml

from dynostack.review.render import html, markdown
from dynostack.review.render import json as as_json
from dynostack.review.render.escaping import is_inert
from tests.review.cases import PREVIEWS, Case, load
from tests.review.golden import PAGE, RENDERINGS, SHOWN, expected, reviewed, shown
from tests.review.pages import Page, comment
from tests.review.samples import markups

CASES = load()[1]
PLANTED = re.compile(r"planted-[a-z]+-\d+")
EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_every_recording_is_a_case() -> None:
    assert {folder.name for folder in PREVIEWS.iterdir()} == {case.name for case in CASES}
    assert len(CASES) >= 60


@EVERY
def test_rendered_as_expected(case: Case) -> None:
    files = dict(expected(case))
    assert {*case.folder.glob("expected.*")} == {*files}
    for file, rendering in files.items():
        assert rendering == file.read_text(), file.name


@EVERY
def test_json_is_the_whole_review(case: Case) -> None:
    shown = reviewed(case)
    assert as_json.parse(as_json.render(shown)) == shown


@EVERY
def test_markdown_has_nothing_but_a_review(case: Case) -> None:
    text = markdown.render(reviewed(case))
    assert len(text) <= markdown.GITHUB_LIMIT
    assert not comment(text).foreign


@EVERY
def test_our_words_are_inert_and_whole(case: Case) -> None:
    """Our words need no escaping, and contain no names."""
    ours = [part for text in markups(reviewed(case)) for part in text if isinstance(part, str)]
    assert [part for part in ours if not is_inert(part)] == []


@EVERY
def test_html_is_valid(case: Case) -> None:
    page = Page.of(html.render(reviewed(case)))
    assert not page.loads
    assert len(page.ids) == len(set(page.ids))
    assert {each.removeprefix("#") for each in page.links} <= set(page.ids)


@EVERY
def test_no_planted_secret_is_shown(case: Case) -> None:
    shown = reviewed(case)
    for suffix, render in RENDERINGS.items():
        assert not PLANTED.findall(render(shown)), suffix


def test_secrets_are_planted() -> None:
    """The test above looks for secrets that exist."""
    planted = {word for case in CASES for word in PLANTED.findall(yaml.safe_dump(vars(case)))}
    assert len(planted) > 10


def test_the_page_of_reviews_shows_a_recorded_comment() -> None:
    review = (PREVIEWS / SHOWN / "expected.txt").read_text()
    assert shown(review) in PAGE.read_text()
