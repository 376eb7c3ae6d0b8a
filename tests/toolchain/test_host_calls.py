"""Tests of the calls of the language host, without an engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from dynostack.toolchain import versions
from tests.toolchain.rig import until

PLUGIN = """
import json, os, sys
print(json.dumps([sys.argv[1:], os.getcwd(), os.environ["COLOR"], "HOME" in os.environ]))
print("a warning", file=sys.stderr)
sys.exit(7)
"""

SLEEPING = "import os, time\nprint(os.getpid())\ntime.sleep(600)\n"


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-P", "-m", "dynostack.toolchain.host", "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.terminate()


@pytest.fixture
def host(process: subprocess.Popen[str]) -> Iterator[Any]:
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield language_pb2_grpc.LanguageRuntimeStub(channel)


def plugin(folder: Path, program: str, *arguments: str) -> language_pb2.RunPluginRequest:
    (folder / "__main__.py").write_text(program)
    return language_pb2.RunPluginRequest(
        pwd=str(folder.parent),
        info=language_pb2.ProgramInfo(program_directory=str(folder), entry_point="."),
        args=arguments,
        env=["COLOR=red=blue"],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plugin"
    folder.mkdir()
    return folder


def test_version(host: Any) -> None:
    assert host.GetPluginInfo(empty_pb2.Empty()).version == versions.ENGINE_VERSION


def test_needed_plugins(host: Any) -> None:
    answer = host.GetRequiredPackages(language_pb2.GetRequiredPackagesRequest())
    needed = [(p.name, p.kind, p.version, p.server) for p in answer.packages]
    server = "github://api.github.com/pulumiverse"
    assert ("heroku", "resource", versions.HEROKU_PLUGIN_VERSION, server) in needed


def test_plugin_output_and_exit_code(host: Any, folder: Path) -> None:
    answers = list(host.RunPlugin(plugin(folder, PLUGIN, "one", "two")))
    out = b"".join(answer.stdout for answer in answers)
    assert json.loads(out) == [["one", "two"], str(folder.parent), "red=blue", False]
    assert b"".join(answer.stderr for answer in answers) == b"a warning\n"
    assert answers[-1].WhichOneof("output") == "exitcode"
    assert answers[-1].exitcode == 7


def test_plugin_output_comes_at_once(host: Any, folder: Path) -> None:
    call = host.RunPlugin(plugin(folder, SLEEPING), timeout=60)
    assert int(next(call).stdout) > 0
    call.cancel()


def test_canceled_plugin_ends(host: Any, folder: Path) -> None:
    call = host.RunPlugin(plugin(folder, SLEEPING))
    pid = int(next(call).stdout)
    call.cancel()
    until(lambda: not psutil.pid_exists(pid))


def test_plugins_end_with_the_host(host: Any, folder: Path, process: subprocess.Popen[str]) -> None:
    pid = int(next(host.RunPlugin(plugin(folder, SLEEPING))).stdout)
    process.terminate()
    assert process.wait(timeout=60) == 0
    until(lambda: is_dead(pid))


def is_dead(pid: int) -> bool:
    """Return whether a process has ended, even if its new parent has not collected it yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_until_a_program_runs_the_sdk_is_not_imported() -> None:
    late = ("pulumi", "rich", "click", "aiohttp")
    code = f"import sys, dynostack.toolchain.host; print(set({late}) & set(sys.modules))"
    told = subprocess.check_output([sys.executable, "-c", code], text=True, env=dict(os.environ))
    assert told.strip() == "set()"
