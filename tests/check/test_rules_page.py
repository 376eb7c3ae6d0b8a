"""docs/rules.md is up to date with the codes."""

from pathlib import Path

import pytest

from dynostack.check import rules_page
from dynostack.environment.diagnostics.codes import Code, codes

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page.page(), "run `make docs`"


@pytest.mark.parametrize("code", codes())
def test_a_code_can_be_linked_to(code: str) -> None:
    assert f"\n### {code}\n" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", codes().values(), ids=codes())
def test_a_code_is_explained(code: Code) -> None:
    assert code.title
    assert not code.title.endswith(".")
    assert code.why.endswith(".")
    assert code.source == "dynostack" or code.source.startswith("https://")


def test_codes_are_in_order() -> None:
    assert list(codes()) == sorted(codes())
