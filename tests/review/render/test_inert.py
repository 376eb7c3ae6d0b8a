"""Text from outside stays text: in every place of a review, in every rendering."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynostack.review.model import Review
from dynostack.review.render import html, markdown, text
from dynostack.review.render.inert import visible, visible_lines
from tests.review.pages import Page, comment
from tests.review.samples import FULL

BUDGET = 500 if os.environ.get("DYNOSTACK_SOAK") else 25
HOSTILE = (
    "a`b``c```d",
    "````",
    "`",
    "a|b|c",
    "</details></td></table></code>",
    "</title></style></script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)' x='",
    "\x1b[31mred\x1b[0m\x07\x9b",
    "@everyone",
    "@acme/owners",
    "acme/shop#3",
    "#1",
    "GH-2",
    "!5",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "https://evil.example",
    "www.evil.example",
    "line\nbreak\n# heading\n- [ ] task\n```\n",
    "\r\n\r\n<h1>",
    "--> <!-- dynostack -->",
    "a&amp;b&lt;&#64;",
    "*bold* _it_ ~~del~~ __x__",
    "> quote",
    ":tada:",
    "$x$ $$y$$",
    "\u202eright to left\u2066",
    "\u200bno\u2060width\ufeff",
    "\u2028\u2029",
    "\ud800",
    "\\",
    "\\`",
    " ",
    "",
    "1. one",
    "---",
    "===",
    "| - |",
    "x" * 5_000,
)
EVERY = pytest.mark.parametrize("hostile", HOSTILE, ids=repr)


def filled(value: Any, text: str) -> Any:
    """The same with another text in each place that is for text."""
    if isinstance(value, str) and type(value) is str:
        return text
    if isinstance(value, tuple):
        return tuple(filled(each, text) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {each.name: filled(getattr(value, each.name), text) for each in fields(value)}
        return replace(value, **changed)
    return value


def sample(text: str) -> Review:
    """A review with everything in it, and the same text everywhere."""
    made: Review = filled(FULL, text)
    return made


@cache
def shapes() -> set[tuple[str, tuple[str, ...]]]:
    """The elements of a page whose texts are harmless, some with what stands in brackets."""
    pages = (Page.of(html.render(sample(harmless))) for harmless in ("a_b", "a (b)"))
    return {shape for page in pages for shape in page.shape}


@cache
def blocks() -> list[str]:
    return comment(markdown.render(sample("a_b"), limit=1_000_000)).blocks


def check_markdown(hostile: str) -> None:
    parsed = comment(markdown.render(sample(hostile), limit=1_000_000))
    assert not parsed.foreign
    if hostile.strip():  # else there is no digest, no advice, no name to speak of
        assert parsed.blocks == blocks()


def check_html(hostile: str) -> None:
    page = Page.of(html.render(sample(hostile)))
    assert not page.loads
    assert set(page.shape) <= shapes()


@EVERY
def test_markdown(hostile: str) -> None:
    check_markdown(hostile)


@EVERY
def test_html(hostile: str) -> None:
    check_html(hostile)


@EVERY
def test_text_for_a_terminal(hostile: str) -> None:
    shown = text.render(sample(hostile))
    assert all(each.isprintable() or each == "\n" for each in shown)


@settings(deadline=None, max_examples=BUDGET)
@given(st.text())
def test_any_text(hostile: str) -> None:
    check_markdown(hostile)
    check_html(hostile)


@settings(deadline=None, max_examples=BUDGET)
@given(st.text(alphabet="`|<>@#[]()*_&\\!~-\n\r\t :/.$a1"))
def test_any_markup(hostile: str) -> None:
    check_markdown(hostile)
    check_html(hostile)


@given(st.text(alphabet="`| \\ab", min_size=1))
def test_a_code_span_says_the_text(said: str) -> None:
    spans = comment(f"x {markdown.code(said)} y").code
    assert spans == [said] or not said.strip()


def test_visible() -> None:
    assert visible("\x1b[31m\u202e\n\t") == "\\x1b[31m\\u{202e}\\n\\t"
    assert visible("Größe → 1") == "Größe → 1"
    assert visible_lines("a\x1b\nb") == "a\\x1b\nb"
