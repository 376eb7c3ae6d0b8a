"""docs/review-rules.md is up to date with the rules."""

from pathlib import Path

from dynostack.review import rules_page
from dynostack.review.rules import RULES

PAGE = Path(__file__).parents[2] / rules_page.PAGE


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page.page(), "run `make docs`"


def test_every_rule_is_on_it() -> None:
    text = rules_page.page()
    assert [each for each in RULES if f"### {each}\n" not in text] == []
