"""The pages of the rules contain every code as it is today."""

import tomllib
from pathlib import Path

import pytest

from dynostack.environment.diagnostics.codes import Code, codes
from dynostack.explain.explanation import explanations
from dynostack.explain.pages import PAGES, Page

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.file)
def test_a_page_is_up_to_date(page: Page) -> None:
    assert (PROJECT / page.file).read_text(encoding="utf-8") == page.text, "run `make docs`"


def test_every_code_is_on_a_page() -> None:
    text = "".join(page.text for page in PAGES)
    assert [code for code in explanations() if f"\n### {code}\n" not in text] == []


@pytest.mark.parametrize("code", codes().values(), ids=codes())
def test_a_code_is_explained(code: Code) -> None:
    assert code.title
    assert not code.title.endswith(".")
    assert code.why.endswith(".")
    assert code.source == "dynostack" or code.source.startswith("https://")


def test_codes_are_in_order() -> None:
    assert list(codes()) == sorted(codes())


def test_each_code_is_read_as_from_the_whole_file() -> None:
    file = PROJECT / "dynostack" / "environment" / "diagnostics" / "codes.toml"
    whole = tomllib.loads(file.read_text("utf-8"))
    assert dict(codes()) == {code: Code(**entry) for code, entry in whole.items()}
