"""Text from outside stays text in every place of a review and in every rendering."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynostack.review.markup import Code, Markup, Quote
from dynostack.review.model import Review
from dynostack.review.render import html, json, markdown, text
from dynostack.review.render.escaping import is_inert, visible, visible_lines
from tests.review.pages import Page, comment
from tests.review.samples import FULL

BUDGET = 500 if os.environ.get("DYNOSTACK_SOAK") else 25
LONE_SURROGATE = "\ud800"
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
    LONE_SURROGATE,
    "\\",
    "\\`",
    " ",
    "",
    "1. one",
    "---",
    "===",
    "| - |",
    "+ item",
    "1) one",
    "    indented",
    "two spaces  ",
    "owner/shop@0123abc",
    "0123456789abcdef",
    "&epic &1",
    "^alert#1",
    "%1 ~bug $1",
    "x" * 5_000,
)
EVERY = pytest.mark.parametrize("hostile", HOSTILE, ids=repr)


def filled(value: Any, text: str) -> Any:
    """Return a value with another text in each place for text."""
    if isinstance(value, str) and type(value) is str:
        return text
    if isinstance(value, tuple):
        return tuple(filled(each, text) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {each.name: filled(getattr(value, each.name), text) for each in fields(value)}
        return replace(value, **changed)
    return value


def sample(text: str) -> Review:
    """Return a review with everything in it and the same text everywhere."""
    made: Review = filled(FULL, text)
    return made


@cache
def shapes() -> set[tuple[str, tuple[str, ...]]]:
    """Return the elements of pages with harmless texts, with and without text in brackets."""
    pages = (Page.of(html.render(sample(harmless))) for harmless in ("a_b", "a (b)"))
    return {shape for page in pages for shape in page.shape}


@cache
def blocks() -> list[str]:
    return comment(markdown.render(sample("a_b"), limit=1_000_000)).blocks


def check_markdown(hostile: str) -> None:
    """Check that a review of the text has the same blocks as a harmless one, and nothing else."""
    parsed = comment(markdown.render(sample(hostile), limit=1_000_000))
    assert not parsed.foreign
    if hostile.strip():  # otherwise there is no digest, advice or name
        assert parsed.blocks == blocks()


def check_whole(hostile: str) -> None:
    """Check that a command, a quote and a forged plain part stay whole in the host's rendering."""
    shown = visible(hostile)
    if not shown.strip() or len(shown) > 4_000:
        return  # nothing for a code span, or too much
    for part in (Code(hostile), Quote(hostile)):
        parsed = comment(markdown.prose(("run ", part, " now")))
        assert parsed.code == [shown]
        assert parsed.prose.split() == ["run", "now"]
        assert not parsed.foreign
    forged: Markup = ("run ", hostile, " now")
    parsed = comment(markdown.prose(forged))
    assert parsed.text.split() == ["run", *shown.split(), "now"]
    assert not parsed.foreign


def check_html(hostile: str) -> None:
    page = Page.of(html.render(sample(hostile)))
    assert not page.loads
    assert set(page.shape) <= shapes()


@EVERY
def test_markdown(hostile: str) -> None:
    check_markdown(hostile)


@EVERY
def test_a_part_is_whole(hostile: str) -> None:
    check_whole(hostile)


@pytest.mark.parametrize("hostile", sorted({*HOSTILE} - {LONE_SURROGATE}), ids=repr)
def test_json(hostile: str) -> None:
    shown = sample(hostile)
    assert json.parse(json.render(shown)) == shown


@EVERY
def test_html(hostile: str) -> None:
    check_html(hostile)


@EVERY
def test_text_for_a_terminal(hostile: str) -> None:
    shown = text.render(sample(hostile))
    assert all(each.isprintable() or each == "\n" for each in shown)


def test_no_name_starts_a_new_line() -> None:
    names = replace(sample("a\nb\r\x85\u2028c"), errors=())
    harmless = replace(sample("abc"), errors=())
    assert text.render(names).count("\n") == text.render(harmless).count("\n")


@settings(deadline=None, max_examples=BUDGET)
@given(st.text())
def test_any_text(hostile: str) -> None:
    check_markdown(hostile)
    check_html(hostile)
    check_whole(hostile)


@settings(deadline=None, max_examples=BUDGET)
@given(st.text(alphabet="`|<>@#[]()*_&\\!~-\n\r\t :/.$a1"))
def test_any_markup(hostile: str) -> None:
    check_markdown(hostile)
    check_html(hostile)
    check_whole(hostile)


@given(st.text(alphabet="`| \\ab", min_size=1))
def test_a_code_span_has_the_text(said: str) -> None:
    spans = comment(f"x {markdown.code(said)} y").code
    assert spans == [said] or not said.strip()


def test_neighboring_parts_are_one_code_span() -> None:
    said = markdown.prose((Code("a`"), Code("`b"), Quote("c"), "", Code("d")))
    assert comment(said).code == ["a``bcd"]


def test_neighboring_plain_parts_make_no_reference() -> None:
    assert comment(markdown.prose(("GH-", "2"))).code == ["GH-2"]
    assert comment(markdown.prose(("on ", "www", ".evil.example"))).code == ["on www.evil.example"]


@pytest.mark.parametrize(
    "ours",
    ["take a backup: ", ", forced by ", " (", " is $1,200.50 a month (+$5)", "", ") and the rest"],
)
def test_our_words_are_inert(ours: str) -> None:
    assert is_inert(ours)


@pytest.mark.parametrize(
    "hostile", [each for each in HOSTILE if each.strip() and not each.replace(" ", "").isalpha()]
)
def test_no_markup_is_inert(hostile: str) -> None:
    assert not is_inert(hostile)


def test_visible() -> None:
    assert visible("\x1b[31m\u202e\n\t") == "\\x1b[31m\\u{202e}\\n\\t"
    assert visible("Größe → 1") == "Größe → 1"
    assert visible_lines("a\x1b\nb") == "a\\x1b\nb"
