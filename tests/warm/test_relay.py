"""A relay behaves as the process would that it stands for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests import warm
from tests.toolchain.rig import until

REPORT = """
import os, sys
print(os.getcwd(), os.environ["COLOR"], sys.argv[1:], sys.stdin.read())
print("an error", file=sys.stderr)
sys.exit(7)
"""
WAITING = """
import os, signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
print(os.getpid(), flush=True)
while True:
    time.sleep(0.01)
"""

Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Return a function that starts a relay for a program that is called `dynostack`."""

    def started(text: str) -> subprocess.Popen[str]:
        program = tmp_path / "dynostack"
        program.write_text(text)
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [warm.python(), program, "an argument"],
            cwd=tmp_path,
            env={**os.environ, "COLOR": "red"},
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    return started


def test_streams_folder_variables_and_exit_code(start: Start, tmp_path: Path) -> None:
    with start(REPORT) as process:
        output, errors = process.communicate("typed")
    assert output == f"{tmp_path} red ['an argument'] typed\n"
    assert errors == "an error\n"
    assert process.returncode == 7


def test_an_error_is_printed(start: Start) -> None:
    with start("1 / 0") as process:
        assert "ZeroDivisionError" in process.communicate()[1]
    assert process.returncode == 1


def test_an_interrupt_reaches_the_program(start: Start) -> None:
    with start(WAITING) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) != process.pid
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130


def test_a_kill_ends_the_other_process(start: Start) -> None:
    with start(WAITING) as process:
        assert process.stdout is not None
        program = int(process.stdout.readline())
        process.kill()
    until(lambda: not psutil.pid_exists(program))
    with start(WAITING) as process:
        assert process.stdout is not None
        os.kill(int(process.stdout.readline()), signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def test_other_programs_get_a_process_of_their_own() -> None:
    program = "import sys; print(sys.executable)"
    assert subprocess.check_output([warm.python(), "-c", program], text=True).strip() == (
        sys.executable
    )
