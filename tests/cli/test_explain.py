"""`dynostack explain` prints what a code means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dynostack.cli.commands import commands
from dynostack.explain.explanation import UnknownCode, explanations


def explain(*words: str) -> str:
    done = CliRunner().invoke(commands, ["explain", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_code_of_a_check_is_explained() -> None:
    text = explain("ds111")
    rule = explanations()["DS111"]
    head = f"DS111  {rule.title} (error, required)"
    assert text == f"{head}\n\n{rule.why}\n\nSource: {rule.source}\n\n{rule.choice}\n"
    assert "cannot be switched off" in rule.choice


def test_it_says_how_to_switch_a_rule_off() -> None:
    text = explain("DS503")
    assert 'ignore = ["DS503"] under [tool.dynostack.check] in pyproject.toml' in text
    assert "# dynostack: ignore[DS503]" in text


def test_a_code_of_a_review_is_explained() -> None:
    text = explain("DR104")
    assert text.startswith("DR104  ")
    assert "(cannot be applied)" in text
    assert "Source: https://devcenter.heroku.com/" in text


def test_several_codes_are_explained_in_order() -> None:
    text = explain("DR104", "DS101")
    assert text.index("DR104") < text.index("DS101")


def test_all_codes_are_listed() -> None:
    lines = explain().splitlines()
    assert [line.split()[0] for line in lines] == list(explanations())


def test_a_program_reads_json() -> None:
    (found,) = json.loads(explain("DS101", "--format", "json"))
    assert found["code"] == "DS101"
    assert found.keys() == {
        *("code", "title", "severity", "why", "source", "choice", "is_required")
    }


def test_a_code_is_explained_outside_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert explain("DS101").startswith("DS101  ")


@pytest.mark.parametrize("path", ["check", "local status"])
def test_help_is_printed_outside_a_project(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(commands, [*path.split(), "--help"], catch_exceptions=False)
    assert (done.exit_code, f"Usage: commands {path}" in done.output) == (0, True)


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(UnknownCode, match="unknown code DS1011: write DS111; "):
        CliRunner().invoke(commands, ["explain", "DS1011"], catch_exceptions=False)
