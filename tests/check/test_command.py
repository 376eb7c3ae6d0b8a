"""The files that `dynostack check` reads, and its exit codes."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import click
import pytest

from dynostack.environment import examine, examine_all
from dynostack.errors import NOT_STARTED
from tests.check.conftest import RIGHT, WARNED, WRONG, Check

ROOT = Path(__file__).parents[2]
ALONE = {"local": RIGHT, "prod": RIGHT.replace("acme-shop", "acme-prod")}


def test_clean(check: Check) -> None:
    result = check(**ALONE)
    assert (result.exit_code, result.stdout) == (0, "2 stacks checked: clean\n")


def test_warnings_alone_are_clean(check: Check) -> None:
    result = check(local=WARNED)
    assert result.exit_code == 0
    assert result.stdout.endswith("1 stack checked: 1 warning\n")


def test_errors_are_findings(check: Check) -> None:
    result = check(local=WRONG, prod=WARNED)
    assert result.exit_code == 1
    assert result.stdout.endswith("2 stacks checked: 1 error and 1 warning\n")


def test_only_the_stacks_that_are_named(check: Check) -> None:
    result = check("prod", local=WRONG, prod=RIGHT)
    assert (result.exit_code, result.stdout) == (0, "1 stack checked: clean\n")


def test_an_unknown_stack_is_refused(check: Check) -> None:
    result = check("prdo", "local", **ALONE)
    assert result.exit_code == NOT_STARTED
    assert result.stdout == ""
    assert 'there is no file for the stack "prdo"' in result.stderr
    assert "= write prod " in result.stderr


def test_a_project_without_stacks_is_refused(check: Check) -> None:
    result = check()
    assert result.exit_code == NOT_STARTED
    assert "there is no stack to check" in result.stderr


def test_a_folder_outside_any_project_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from dynostack.cli.commands import main; main()", "check"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (NOT_STARTED, "")
    assert done.stderr.startswith("no Pulumi.yaml in ")


def test_a_diagnostic_of_two_stacks_is_reported_once(check: Check, project: Path) -> None:
    (project / "Pulumi.yaml").write_text("name: [\n")
    result = check(**ALONE)
    assert result.exit_code == 1
    assert result.stdout.count("Pulumi.yaml:") == 1


def test_a_name_of_two_stacks_is_reported_once_but_for_each_of_them_alone(check: Check) -> None:
    both = check(one=RIGHT, three=RIGHT, two=RIGHT)
    assert both.exit_code == 1
    assert both.stdout.count("DS301  ") == 1
    assert "Pulumi.one.yaml:3:21  DS301" in both.stdout
    assert 'app "acme-shop" also belongs to the stack three and two' in both.stdout
    alone = check("two")
    assert 'app "acme-shop" also belongs to the stack one and three' in alone.stdout


def test_an_exempt_line_does_not_hide_the_name_of_another_stack(check: Check) -> None:
    exempt = RIGHT.replace(" }\n", " } # dynostack: ignore[DS301] moves on Friday\n")
    result = check(one=exempt, two=RIGHT)
    assert "Pulumi.one.yaml" not in result.stdout
    assert "Pulumi.two.yaml:3:21  DS301" in result.stdout
    assert check(one=exempt, two=exempt).exit_code == 0


def test_the_text_is_the_text_of_the_diagnostics(check: Check, project: Path) -> None:
    result = check(local=WRONG)
    (found,) = examine("local", project).diagnostics
    assert result.stdout == f"{found}\n1 stack checked: 1 error\n"


def test_colors_mark_the_same_text(check: Check) -> None:
    plain, colored = check(local=WRONG).stdout, check(local=WRONG, color=True).stdout
    assert click.unstyle(colored) == plain != colored
    assert click.style("^^^^", fg="red") in colored


@pytest.mark.parametrize("terminal", [True, False])
def test_colors_are_for_a_terminal(check: Check, project: Path, terminal: bool) -> None:
    check(local=WRONG)
    reader, writer = pty.openpty() if terminal else os.pipe()
    subprocess.run(
        [sys.executable, "-c", "from dynostack.cli.commands import main; main()", "check"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdout=writer,
        check=False,
    )
    os.close(writer)
    said = os.read(reader, 65536).decode()
    os.close(reader)
    assert ("\x1b[" in said) is terminal


def test_the_environments_of_this_project_have_no_errors() -> None:
    assert [each.errors for each in examine_all(ROOT)] == [(), (), ()]
