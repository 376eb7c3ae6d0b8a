"""The pages of the rules and the keys contain every code and key as they are today."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from dynostack.environment import Environment
from dynostack.environment.diagnostics.codes import Code, codes
from dynostack.environment.schema import schema
from dynostack.environment.section import keys_of
from dynostack.explain.explanation import explanations
from dynostack.explain.pages import PAGES

PROJECT = Path(__file__).parents[2]
KEYS = (PROJECT / "docs/keys.md").read_text("utf-8")


@pytest.mark.parametrize("file", PAGES)
def test_a_page_is_up_to_date(file: str) -> None:
    assert (PROJECT / file).read_text(encoding="utf-8") == PAGES[file](), "run `make docs`"


def test_every_code_is_on_a_page() -> None:
    text = "".join(text() for text in PAGES.values())
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


def test_every_example_of_a_key_is_valid() -> None:
    """Check the example of each section in a whole file."""
    sections = [
        yaml.safe_load(block) for block in re.findall(r"```yaml\n(shop:.*?)```", KEYS, re.DOTALL)
    ]
    document = {
        key.removeprefix("shop:"): value for each in sections for key, value in each.items()
    }
    assert document.keys() == {*keys_of(Environment)}
    assert Environment.model_validate(document, context={"stack": "prod"})


def test_every_key_of_the_schema_is_on_the_page() -> None:
    """Compare the page with the schema for editors, which Pydantic derives from the same models."""
    found = schema("shop")
    sections = found["properties"]["config"]["properties"]
    headings = re.findall(r"^##+ `?(.+?)`?$", KEYS, re.MULTILINE)
    assert [each for each in headings if "." not in each] == [
        name.removeprefix("shop:") for name in sections
    ]
    keys = {each.rpartition(".")[2] for each in headings}
    models = {**found["definitions"], "Secure": {"properties": {}}}
    assert keys >= {key for model in models.values() for key in model["properties"]}
