"""Each command that `dynostack check` advises does what the advice says."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dynostack.environment import examine
from tests import warm
from tests.check.case import CASES, TODAY, expected_data, laid_out, stack_of

SOAK = "DYNOSTACK_SOAK" in os.environ
COMMAND = re.compile(r"\b(?:pulumi|dynostack|heroku|make) [a-z].*")
ENCRYPT, SETTINGS = "dynostack secret set", "dynostack django settings"
PIPELINE = "heroku pipelines:info PIPELINE --json"
"""Run by tests/heroku_cli/test_pipelines.py."""
EXPLAIN = "dynostack explain"
"""Run by tests/cli/test_explain.py."""


@dataclass(frozen=True)
class Advice:
    """The advice of one finding of a case."""

    case: Path
    finding: dict[str, Any]

    @property
    def code(self) -> str:
        """Return the code of the finding."""
        return str(self.finding["code"])

    @property
    def command(self) -> str:
        """Return the command alone, without the words around it."""
        text = str(self.finding["write"])
        quoted = re.search(r"`([^`]*)`", text)
        found = COMMAND.search(quoted[1] if quoted else text)
        return found[0] if found else ""


ADVICE = [
    advice
    for case in CASES
    if (case / "expected.json").exists()
    for finding in expected_data(case)
    if (advice := Advice(case, finding)).command
]
SECRETS = [each for each in ADVICE if each.command.startswith(ENCRYPT)]
OF_EACH_CODE = list({each.finding["code"]: each for each in SECRETS}.values())


def test_every_advised_command_is_run() -> None:
    known = (ENCRYPT, SETTINGS, PIPELINE, EXPLAIN)
    assert [each.command for each in ADVICE if not each.command.startswith(known)] == []
    assert {code["code"] for code in (each.finding for each in OF_EACH_CODE)} == {
        *("DS401", "DS402", "DS403", "DS404", "DS405", "DS533", "DS535")
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the folder of a project that does not exist yet."""
    return tmp_path / "shop"


def shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a shell whose only variable of Pulumi is the passphrase of other stacks."""
    programs = f"{warm.dynostack().parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": programs, "PULUMI_CONFIG_PASSPHRASE": "own"},
        capture_output=True,
        text=True,
        check=False,
    )


def found(folder: Path) -> Iterator[tuple[str, str]]:
    for each in examine(stack_of(folder), folder, today=TODAY).diagnostics:
        yield each.code, each.section


@pytest.mark.parametrize(
    "advice",
    [each for each in (SECRETS if SOAK else OF_EACH_CODE) if each.code.startswith("DS4")],
    ids=lambda advice: f"{advice.case.name} {advice.finding['section']}",
)
def test_a_secret_is_encrypted(advice: Advice, project: Path) -> None:
    folder = laid_out(advice.case, project)
    file = folder / advice.finding["file"]
    place = (advice.finding["code"], advice.finding["section"])
    assert place in {*found(folder)}
    done = shell(folder, f"echo planted-again | {advice.command}")
    assert done.returncode == 0, done.stderr
    assert "planted-again" not in file.read_text()
    assert re.search(r"secure: ['\"]?v1:", file.read_text())
    assert place not in {*found(folder)}


@pytest.mark.parametrize("code", ["DS533", "DS535"])
def test_a_config_var_that_the_settings_need_is_set(code: str, project: Path) -> None:
    (advice,) = (each for each in OF_EACH_CODE if each.code == code)
    folder = laid_out(advice.case, project)
    done = shell(folder, f"echo planted-again | {advice.command}")
    assert done.returncode == 0, done.stderr
    name = advice.command.rpartition(" ")[2]
    text = (folder / f"Pulumi.{stack_of(advice.case)}.yaml").read_text()
    assert re.search(rf"{name}:\s+\{{?\s*secure: ['\"]?v1:", text)
    assert "planted-again" not in text


SETTINGS_OF = [each for each in ADVICE if each.command.startswith(SETTINGS)]
PART_OF_BLOCK = {"DS501": "django==", "DS524": "CACHES"}
"""Code -> a text that only the block for this code contains, of those that are printed."""


@pytest.mark.parametrize("advice", SETTINGS_OF, ids=lambda advice: advice.case.name)
def test_the_printed_lines_are_read(advice: Advice, project: Path) -> None:
    """The printed lines go at the end of the file that the comment above them names."""
    folder = laid_out(advice.case, project)
    place = (advice.finding["code"], advice.finding["section"])
    assert place in {*found(folder)}
    done = shell(folder, advice.command)
    assert done.returncode == 0, done.stderr
    part = PART_OF_BLOCK[advice.code]
    (block,) = (each for each in done.stdout.split("\n\n# ") if part in each)
    name, _, lines = block.removeprefix("# ").partition("\n")
    file = folder / "examples/django" / name.partition(",")[0]
    before = file.read_text() if file.exists() else ""
    file.write_text(f"{before}\n{lines}\n")
    assert place not in {*found(folder)}
