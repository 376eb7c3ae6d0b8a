"""Tests of `[tool.dynostack.check]` in pyproject.toml."""

import pytest

from dynostack.environment.diagnostics.codes import codes
from dynostack.environment.severities.settings import CheckSettings, WrongSettings, read


def settings(table: str) -> CheckSettings:
    return read(f"[tool.dynostack.check]\n{table}\n")


@pytest.mark.parametrize(
    ("table", "code", "severity"),
    [
        ("", "DS503", "warning"),
        ("", "DS401", "error"),
        ('ignore = ["DS503"]', "DS503", None),
        ('ignore = ["DS5"]', "DS503", None),
        ('error = ["DS"]', "DS503", "error"),
        ('warning = ["DS4"]', "DS401", "warning"),
        ('ignore = ["DS5"]\nerror = ["DS50"]', "DS503", "error"),
        ('ignore = ["DS5"]\nerror = ["DS50"]', "DS515", None),
        ('ignore = ["DS2"]', "DS201", "error"),
        ('per-stack-ignores = { "review-*" = ["DS503"] }', "DS503", None),
        ('error = ["DS503"]\nper-stack-ignores = { review-1 = ["DS5"] }', "DS503", None),
        ('per-stack-ignores = { prod = ["DS503"] }', "DS503", "warning"),
    ],
)
def test_the_longest_entry_counts(table: str, code: str, severity: str | None) -> None:
    assert settings(table).severity(code, "review-1") == severity


def test_a_required_rule_is_an_error_whatever_the_settings_say() -> None:
    every = settings('warning = ["DS"]\nper-stack-ignores = { "*" = ["DS"] }')
    required = [code for code in codes() if codes()[code].required]
    assert {every.severity(code, "prod") for code in required} == {"error"}
    assert {every.severity(code, "prod") for code in set(codes()) - set(required)} == {None}


@pytest.mark.parametrize("text", ["", "[tool.ruff]\n", "[tool.dynostack.local]\nport = 1\n"])
def test_without_settings_all_rules_have_their_own_severity(text: str) -> None:
    assert read(text) == CheckSettings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tool.dynostack.check]\nignore = "DS5"', "pyproject.toml:2:1  DS155  ignore must be a"),
        ("[tool.dynostack.check]\nignore = [5]", "pyproject.toml:2:1  DS155  ignore must be a"),
        ("[tool.dynostack]\ncheck = 1", "pyproject.toml  DS155  tool.dynostack.check must be a"),
        ("[tool.dynostack.check]\nper-stack-ignores = []", "pyproject.toml:2:1  DS155  per-stack"),
        ("[tool.dynostack.check]\nignore = [\n", "pyproject.toml:3:1  DS155  the file is not"),
        (
            '[tool.dynostack.check]\nignore = [\n  "DS503",\n  "DS5003",\n]',
            'pyproject.toml:4:3  DS155  no rule of the check has the code "DS5003"',
        ),
        (
            "[tool.dynostack.check.per-stack-ignores]\nprod = ['DS999']",
            'pyproject.toml:2:9  DS155  no rule of the check has the code "DS999"',
        ),
    ],
)
def test_an_error_names_its_place(text: str, said: str) -> None:
    with pytest.raises(WrongSettings) as raised:
        read(text)
    assert str(raised.value).startswith(said)
