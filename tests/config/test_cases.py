"""Each folder of tests/config/cases: a file, and all that is said about it, if anything."""

import re
from pathlib import Path

import pytest

import config

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir())
LIBRARY_WORDS = re.compile(
    r"pydantic|input should|validation error|\b(str|int|bool|dict|NoneType|None|True|False)\b"
    r"|Traceback|yaml\.|Error\b|invalid",
)


def said_about(case: Path, directory: Path) -> str:
    """What `config.load` says in a project with the case's file and a folder examples/django."""
    (directory / "examples" / "django").mkdir(parents=True)
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (directory / "Pulumi.x.yaml").write_bytes((case / "Pulumi.x.yaml").read_bytes())
    try:
        config.load("x", directory)
    except config.EnvironmentErrors as wrong:
        return f"{wrong}\n"
    return ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_says_what_is_expected(case: Path, tmp_path: Path) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8")
    assert said_about(case, tmp_path) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_speaks_to_a_person(case: Path) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8")
    assert not LIBRARY_WORDS.search(expected)
    assert "hunter" not in expected, "a config var's value is repeated"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_wrong_cases_have_an_error_and_right_ones_none(case: Path) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8")
    assert bool(expected) != case.name.startswith("fine-")
