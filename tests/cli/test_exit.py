"""Tests of exit codes and last outputs of commands, as a shell sees them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dynostack.cli.exit import exit_on_expected_errors
from dynostack.databases.errors import MoveRefused
from dynostack.engine.process import EngineFailed
from dynostack.errors import INTERRUPTED, NOT_STARTED
from dynostack.fleet.errors import SelectionRefused
from dynostack.local.project_folder import NoProject
from dynostack.local.server import ServerProcess
from tests.e2e.rehearsal import PROJECT
from tests.worlds import server_in

DYNOSTACK = str(PROJECT / ".venv/bin/dynostack")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = server_in(tmp_path)
    server.start()
    yield server
    server.leave()


def following_logs(server: ServerProcess) -> subprocess.Popen[str]:
    """Start `dynostack local logs --follow` and wait until it has printed the existing lines."""
    app = server.post("/apps", {})
    pipe = subprocess.PIPE
    command = [DYNOSTACK, "local", "logs", "--follow", app["name"]]
    process = subprocess.Popen(
        command, cwd=server.workspace.project, stdout=pipe, stderr=pipe, text=True
    )
    assert process.stdout is not None
    assert "Initial release" in "".join(process.stdout.readline() for _ in range(2))
    return process


def test_an_interrupted_command_exits_with_130(server: ServerProcess) -> None:
    with following_logs(server) as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    # The line's end comes after the ^C that a terminal shows.
    assert (process.returncode, errors) == (130, "\n")


def test_a_command_whose_output_is_not_read_exits_without_an_error_message() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([DYNOSTACK, "plans"], cwd=PROJECT, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_an_unknown_option_is_reported(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    done = subprocess.run(
        [DYNOSTACK, "check", "--rocket"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == NOT_STARTED
    assert "No such option '--rocket'" in done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EngineFailed("no login"), 1),
        (EngineFailed("interrupted", INTERRUPTED), 130),
        (NoProject("no Pulumi.yaml"), 64),
        (SelectionRefused("name the stacks"), 64),
        (click.UsageError("use --from with one STACK"), 64),
        (click.FileError("reviews.json"), 1),
        (MoveRefused("the database is too large"), 3),
    ],
)
def test_no_error_has_the_exit_code_of_changes(error: Exception, code: int) -> None:
    with pytest.raises(SystemExit) as ended, exit_on_expected_errors():
        raise error
    assert ended.value.code == code


def test_settings_that_are_not_valid_start_nothing(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {}\n")
    (tmp_path / "pyproject.toml").write_text("[tool.dynostack.local]\nport = 'high'\n")
    done = subprocess.run(
        [DYNOSTACK, "check"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (NOT_STARTED, "")
    assert "pyproject.toml" in done.stderr


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (b'[[source]]\ntitle = "x"\nurl = \n', "3:7", "invalid value"),
        (b'[[source]]\ntitle = """x\n', "3:1", "unterminated string"),
        (b'title = "x"\n', "1:1", "the file has no [[source]] tables"),
        (b"# \xff\n", "1:1", "the file is not UTF-8"),
    ],
)
def test_a_file_of_the_catalogue_that_cannot_be_read_is_named(
    tmp_path: Path, text: bytes, place: str, reason: str
) -> None:
    (tmp_path / "dynos.toml").write_bytes(text)
    done = subprocess.run(
        [DYNOSTACK, "check"],
        cwd=PROJECT,
        env={**os.environ, "DYNOSTACK_CATALOGUE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (NOT_STARTED, "")
    assert done.stderr == (
        f"{tmp_path}/dynos.toml:{place}: cannot read the catalogue: {reason};"
        " correct the file, or unset DYNOSTACK_CATALOGUE\n"
    )
