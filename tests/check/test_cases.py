"""Each folder of tests/check/cases: files, and all that is said about the stack x, if anything.

A case is the files of a project called shop, where Pulumi.yaml may be left out and a folder
examples/django is there.  To renew what is expected, after reading why it changed:
`DYNOSTACK_RENEW=1 make test TESTS=tests/check/test_cases.py`, and read the difference.
"""

import json
import os
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

import config
from config.codes import codes

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir())
TOLD_WITHOUT_A_CASE = {"DS120"}
"""Needs the engine: tests/config/test_loader.py has it."""
TODAY = date(2026, 11, 22)
RENEW = "DYNOSTACK_RENEW" in os.environ
LIBRARY_WORDS = re.compile(
    r"pydantic|input should|validation error|\b(str|int|bool|dict|NoneType|None|True|False)\b"
    r"|Traceback|yaml\.|Error\b|invalid",
)


def examined(case: Path, directory: Path) -> config.Examined:
    """What is said about a case, in a project made of it."""
    (directory / "examples" / "django").mkdir(parents=True)
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    shutil.copytree(case, directory, dirs_exist_ok=True)
    return config.examine("x", directory, today=TODAY)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_says_what_is_expected(case: Path, tmp_path: Path) -> None:
    said = examined(case, tmp_path).diagnostics
    text = "".join(f"{each}\n" for each in said)
    data = [each.as_data() for each in said]
    if RENEW:
        (case / "expected.txt").write_text(text, encoding="utf-8")
        (case / "expected.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    assert text == (case / "expected.txt").read_text(encoding="utf-8")
    assert data == json.loads((case / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_speaks_to_a_person(case: Path) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8")
    assert not LIBRARY_WORDS.search(expected)
    assert "hunter" not in expected, "a config var's value is repeated"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_wrong_cases_are_told_and_right_ones_are_not(case: Path) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8")
    assert bool(expected) != case.name.startswith("fine-")


def test_every_code_has_a_case() -> None:
    said = {
        each["code"]
        for case in CASES
        for each in json.loads((case / "expected.json").read_text(encoding="utf-8"))
    }
    assert set(codes()) - said - TOLD_WITHOUT_A_CASE == set()
