"""Each case has the expected diagnostics, in plain words."""

import json
import os
import re
from pathlib import Path

import pytest

from dynostack.environment.diagnostics.codes import codes
from tests.check.case import CASES, as_text, examined, expected_data, expected_text

TOLD_WITHOUT_A_CASE = {"DS120", "DS407"}
"""Codes that need the engine or a passphrase; tests/environment/test_loader.py and
tests/secrets/test_decryption.py test them."""
RENEW = "DYNOSTACK_RENEW" in os.environ
LIBRARY_WORDS = re.compile(
    r"pydantic|input should|validation error|\b(str|int|bool|dict|NoneType|None|True|False)\b"
    r"|Traceback|yaml\.|Error\b|invalid",
)
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@every_case
def test_a_case_has_the_expected_diagnostics(case: Path, tmp_path: Path) -> None:
    said = examined(case, tmp_path)
    text, data = as_text(said), [each.as_data() for each in said.diagnostics]
    if RENEW:
        (case / "expected.txt").write_text(text, encoding="utf-8")
        (case / "expected.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    assert text == expected_text(case)
    assert data == expected_data(case)


@every_case
def test_messages_are_readable(case: Path) -> None:
    of_rules_that_fail = "DS603"
    text = expected_text(case)
    ours = re.sub(r"^ +\d+ \| .*$", "", text, flags=re.MULTILINE)
    assert of_rules_that_fail in text or not LIBRARY_WORDS.search(ours)
    assert "hunter" not in text, "a config var's value is repeated"


@every_case
def test_wrong_cases_have_diagnostics_and_right_ones_have_none(case: Path) -> None:
    assert bool(expected_text(case)) != case.name.startswith("fine-")


def test_there_are_enough_cases() -> None:
    assert len([case for case in CASES if not case.name.startswith("fine-")]) >= 120


def test_every_code_has_a_case() -> None:
    said = {each["code"] for case in CASES for each in expected_data(case)}
    assert set(codes()) - said == TOLD_WITHOUT_A_CASE
