"""A finding that needs an explicit yes says how to give it, and no other finding does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dynostack.review.markup import Code, plain
from dynostack.review.model import Finding, Review, Severity
from dynostack.review.render import html, labels, markdown, text
from tests.review.pages import comment
from tests.review.rule_cases import CASES
from tests.review.samples import FULL
from tests.review.steps import reviewed

DIGEST = "a" * 64
DIGEST_IS_THE_YES = "to say yes, apply this digest"


def asks(severity: Severity, consent: str = "") -> Finding:
    return Finding("DR100", severity, ("it is lost",), ("keep it",), consent=consent)


def review(*findings: Finding, digest: str = DIGEST) -> Review:
    return replace(FULL, errors=(), findings=findings, digest=digest)


def yes(shown: Review) -> list[str]:
    """Return the sentences about a yes, one for each finding that has one."""
    return [plain(said) for each in shown.findings if (said := labels.yes(shown, each))]


@pytest.mark.parametrize("name", CASES)
def test_every_rule_that_needs_a_yes_says_how(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    shown = reviewed(*case.steps, directory=tmp_path, **case.more)
    for each in shown.findings:
        alone = replace(shown, findings=(each,), errors=(), digest=DIGEST)
        if each.severity is Severity.BLOCK:
            given = f"to say yes, apply with {each.consent}" if each.consent else DIGEST_IS_THE_YES
            assert yes(alone) == [given]
        else:
            assert (each.consent, yes(alone)) == ("", [])
        options = [
            part for part in each.advice if isinstance(part, Code) and "--allow" in part.code
        ]
        assert options == []


def test_every_format_says_it() -> None:
    shown = review(asks(Severity.BLOCK, "--allow-live-loss next"), asks(Severity.BLOCK))
    assert yes(shown) == ["to say yes, apply with --allow-live-loss next", DIGEST_IS_THE_YES]
    in_text = text.render(shown)
    assert "       to say yes, apply with --allow-live-loss next\n" in in_text
    in_markdown = markdown.render(shown)
    assert "  - to say yes, apply with `--allow-live-loss next`\n" in in_markdown
    in_html = html.render(shown)
    assert "to say yes, apply with <code>--allow-live-loss next</code>" in in_html
    for rendered in (in_text, in_markdown, in_html):
        assert DIGEST_IS_THE_YES in rendered
    assert not comment(in_markdown).foreign


def test_no_yes_is_offered_where_a_finding_stops_the_change() -> None:
    shown = review(asks(Severity.STOP), asks(Severity.BLOCK, "--allow-live-loss next"), digest="")
    assert yes(shown) == ["you cannot say yes while another finding stops the change"]
    for rendered in (text.render(shown), markdown.render(shown), html.render(shown)):
        assert "--allow-live-loss" not in rendered


def test_a_review_without_a_digest_says_where_one_is() -> None:
    """The review of a preview from a file has no digest."""
    shown = review(asks(Severity.BLOCK, "--allow-live-loss next"), digest="")
    assert yes(shown) == ["to say yes, apply the digest that dynostack review prod shows"]
    assert "--allow-live-loss" not in markdown.render(shown)
