"""Each rule is needed: without it, the diagnostics of a case differ."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest

from dynostack.environment import Diagnostic
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import Rule, RuleContext
from dynostack.environment.rules import RULES
from dynostack.environment.source import loader
from dynostack.environment.source.environment_file import EnvironmentFile
from tests.check.case import CASES, as_text, examined, expected_data, expected_text

Report = Callable[[Path], str]
CASES_OF_CODES = [
    pytest.param(case, code, id=f"{case.name}-{code}")
    for case in CASES
    for code in sorted({each["code"] for each in expected_data(case)})
]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Return a function that checks a case in a new directory each time."""
    numbers = count()
    return lambda case: as_text(examined(case, tmp_path / str(next(numbers))))


@pytest.mark.parametrize(("case", "code"), CASES_OF_CODES)
def test_a_case_fails_without_the_code_that_it_expects(
    case: Path, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Remove the code before it can hide its consequences."""
    all_of_them = EnvironmentFile.diagnostics

    def without(page: EnvironmentFile, findings: Iterable[Finding]) -> tuple[Diagnostic, ...]:
        return all_of_them(page, [each for each in findings if each.code != code])

    monkeypatch.setattr(EnvironmentFile, "diagnostics", without)
    said = [each for each in examined(case, tmp_path).diagnostics if each.code != code]
    assert "".join(f"{each}\n" for each in said) != expected_text(case)


def speaking(rule: Rule, case: Path, cases: dict[Rule, set[Path]]) -> Rule:
    def heard(context: RuleContext) -> Iterator[Finding]:
        for found in rule(context):
            cases[rule].add(case)
            yield found

    return heard


@pytest.fixture(scope="module")
def cases_of_rules(tmp_path_factory: pytest.TempPathFactory) -> dict[Rule, set[Path]]:
    """Return the cases in which each rule finds something, by rule."""
    cases: dict[Rule, set[Path]] = defaultdict(set)
    for case in CASES:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loader, "RULES", [speaking(rule, case, cases) for rule in RULES])
            examined(case, tmp_path_factory.mktemp("case") / "project")
    return cases


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.__module__}.{rule.__name__}")
def test_cases_fail_without_a_rule(
    rule: Rule,
    cases_of_rules: dict[Rule, set[Path]],
    report: Report,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loader, "RULES", [each for each in RULES if each is not rule])
    failed = [case for case in cases_of_rules[rule] if report(case) != expected_text(case)]
    assert failed, "no case needs this rule"
