"""Warnings that one rule repeats are counted, and only the first is shown in full."""

from __future__ import annotations

import pytest

from dynostack.environment import Diagnostic, Position
from dynostack.environment.diagnostics.diagnostic import Severity
from dynostack.environment.diagnostics.repeated import without_repetition
from tests.check.conftest import RIGHT, Check


def found(line: int, code: str = "DS503", severity: Severity = "warning") -> Diagnostic:
    place = Position(line, 1)
    return Diagnostic(code, severity, "requirements.txt", f"message {line}", "x", place)


def test_many_warnings_of_a_rule_are_one_with_the_places_of_the_others() -> None:
    shown = list(without_repetition([found(1, "DS505"), *map(found, range(2, 18))]))
    assert [each.diagnostic.message for each in shown] == ["message 1", "message 2"]
    assert str(shown[1]).splitlines()[-1] == (
        "      + 15 more DS503: requirements.txt:3:1, requirements.txt:4:1, requirements.txt:5:1,"
        " requirements.txt:6:1, ..."
    )


@pytest.mark.parametrize(
    "diagnostics",
    [[found(1), found(2)], [found(line, "DS401", "error") for line in range(1, 9)]],
)
def test_few_warnings_and_all_errors_are_shown(diagnostics: list[Diagnostic]) -> None:
    assert [each.diagnostic for each in without_repetition(diagnostics)] == diagnostics
    assert not any(each.rest for each in without_repetition(diagnostics))


def test_the_report_counts_all_of_them(check: Check) -> None:
    dynos = "\n".join(f"    p{number}: {{ size: nano, quantity: 1 }}" for number in range(5))
    said = check(local=f"{RIGHT}  shop:formation:\n{dynos}\n").stdout
    assert said.count("DS208") == 3
    assert "      + 4 more DS208: Pulumi.local.yaml:6:17, " in said
    assert said.endswith("1 stack checked: 5 warnings\n")
