"""Tests of plugins that are started before the engine, and of the pre-forked Python process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from dynostack.toolchain.placement import HOST, PROVIDER
from dynostack.toolchain.plugin_prestart import plugins_ahead

WARM = """
import json, sys
from dynostack.toolchain.preforked_python import WarmProcess
process = WarmProcess(["json", "there_is_none"])
program, folder = sys.argv[1:]
process.run(program, ["an argument"], folder, {"COLOR": "red"})
print(json.dumps([process.stdout.read().decode(), process.stderr.read().decode(), process.wait()]))
"""
PROGRAM = """
import json, os, sys
print(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ), __name__]))
sys.exit("that was all")
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for plugin in (HOST, PROVIDER):
        plugin.place(tmp_path)
    return tmp_path


def children() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


@pytest.mark.parametrize("has_policies", [False, True])
def test_prestarted_plugins_run_and_end(home: Path, has_policies: bool) -> None:
    before = children()
    with plugins_ahead(home, home, os.environ, has_policies=has_policies) as ahead:
        running = children() - before
        # The provider, the language host and the host's copy for a policy pack.
        assert len(running) == 2 + has_policies
        ports = {
            str(connection.laddr.port)
            for process in running
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        }
        languages = ahead.variables["PULUMI_DEBUG_LANGUAGES"].removeprefix("python:")
        providers = ahead.variables["PULUMI_DEBUG_PROVIDERS"].removeprefix("heroku:")
        assert {languages, providers} == ports
        assert len(ports) == 2
    assert not psutil.wait_procs(running, timeout=60)[1]


def test_other_plugins_and_running_ones_are_left_to_the_engine(home: Path) -> None:
    (home / HOST.path).write_text("#!/bin/sh\nexec another\n")
    debugged = {**os.environ, "PULUMI_DEBUG_PROVIDERS": "heroku:1"}
    before = children()
    with plugins_ahead(home, home, debugged) as ahead:
        assert ahead.variables == {}
        assert not children() - before
    with plugins_ahead(None, home, os.environ) as ahead:
        assert ahead.variables == {}


def test_a_plugin_that_cannot_start_is_left_to_the_engine_with_its_errors(home: Path) -> None:
    broken = {**os.environ, "PYTHONHOME": str(home / "nowhere")}
    with plugins_ahead(home, home, broken) as ahead:
        assert ahead.variables == {}
        assert "No module named 'encodings'" in "".join(ahead.errors())


def test_the_forked_process_runs_the_program(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, "-c", WARM, str(program), str(tmp_path)]
    told = json.loads(subprocess.check_output(command, text=True))
    assert json.loads(told[0]) == [["an argument"], str(tmp_path), {"COLOR": "red"}, "__main__"]
    assert told[1:] == ["that was all\n", 1]
