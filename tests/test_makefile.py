"""Tests of the Makefile: `make` without a target lists all targets."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROMISED = {"up", "down", "clean", "test", "lint", "bench", "long", "soak", "pins", "fmt"}


def targets() -> set[str]:
    found = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found
    return set(found[1].split())


def test_every_target_is_listed_with_a_description() -> None:
    shown = subprocess.check_output(["make"], cwd=ROOT, text=True)
    listed = re.findall(r"^  make (\w+) +(\S.*)$", shown, re.MULTILINE)
    assert {name for name, _ in listed} == targets()
    assert targets() >= PROMISED


def test_ci_runs_lint_and_tests() -> None:
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    lines = script.read_text().splitlines()
    assert lines[-3:] == ["make lint", "make test", "make long"]
    assert "export DYNOSTACK_NO_SKIPS=1" in lines
