"""Tests of `dynostack local run` with a real local Heroku and real dynos."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from dynostack.local.server import ServerProcess
from tests import warm
from tests.worlds import server_in

pytestmark = pytest.mark.e2e
DYNOSTACK = str(Path(sys.executable).with_name("dynostack"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Start a local Heroku with an app whose slug is one file."""
    project = tmp_path_factory.mktemp("project")
    server = server_in(project)
    server.start()
    server.post("/apps", {"name": "shop"})
    slug = server.post("/apps/shop/slugs", {"process_types": {"greet": "cat greeting"}})
    upload = Request(slug["blob"]["url"], greeting(), method="PUT")  # noqa: S310 - our own
    urlopen(upload).close()  # noqa: S310
    server.post("/apps/shop/releases", {"slug": slug["id"]})
    yield server
    server.leave()


def greeting() -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as slug:
        entry = tarfile.TarInfo("./app/greeting")
        entry.size = 6
        slug.addfile(entry, io.BytesIO(b"hello\n"))
    return archive.getvalue()


def run(server: ServerProcess, *words: str, typed: str = "") -> tuple[int, str, str]:
    """Run `dynostack local run` and return its exit code, output and error output."""
    done = subprocess.run(
        [warm.dynostack(), "local", "run", *words],
        cwd=server.workspace.project,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_command_runs_with_its_input_output_and_status(server: ServerProcess) -> None:
    assert run(server, "cat greeting; exit 3") == (3, "hello\n", "")
    assert run(server, "shop", "--", "cat", "-", typed="typed") == (0, "typed", "")
    assert run(server, "--", "sh", "-c", "echo $1", "sh", "two words") == (0, "two words\n", "")
    assert run(server, "greet") == (0, "hello\n", "")


def test_an_unknown_app_or_a_missing_command_is_reported(server: ServerProcess) -> None:
    code, _, words = run(server, "no-such-app", "--", "ls")
    assert (code, "Couldn't find that app." in words) == (1, True)
    assert run(server)[0] == 64


def test_ctrl_c_is_for_the_dyno(server: ServerProcess) -> None:
    """Run the command in a terminal, as a person does."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [DYNOSTACK, "local", "run", "trap 'echo caught; exit 7' INT; echo ready; sleep 60"],
        cwd=server.workspace.project,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = until(ours, b"", b"ready")
    os.write(ours, b"\x03")
    shown = until(ours, shown, b"caught")
    assert process.wait(60) == 7
    os.close(ours)


def until(terminal: int, shown: bytes, wanted: bytes) -> bytes:
    while wanted not in shown:
        shown += os.read(terminal, 1024)
    return shown


def test_an_interrupt_without_a_terminal_ends_the_dyno(server: ServerProcess) -> None:
    process = subprocess.Popen(
        [DYNOSTACK, "local", "run", "echo ready; sleep 60"],
        cwd=server.workspace.project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(2)
        assert process.wait(60) == 130
    deadline = time.monotonic() + 60
    while server.get("/apps/shop/dynos"):
        assert time.monotonic() < deadline, "the dyno goes on"
        time.sleep(0.05)
