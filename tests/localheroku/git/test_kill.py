"""A local Heroku that is killed while a push is built, with real processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dynostack.local.server import ServerProcess
from tests.worlds import server_in

pytestmark = pytest.mark.e2e
DYNOSTACK = str(Path(sys.executable).with_name("dynostack"))
AUTHOR = ("-c", "user.name=Dev", "-c", "user.email=dev@acme.example")
BUILDING = "remote: -----> Installing pip"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = server_in(tmp_path)
    subprocess.run([DYNOSTACK, "local", "start"], cwd=tmp_path, check=True)
    yield server
    server.leave()


@pytest.mark.long
def test_nothing_of_the_push_is_left(server: ServerProcess, tmp_path: Path) -> None:
    server.post("/apps", {"name": "shop"})
    source = tmp_path / "source"
    source.mkdir()
    (source / "Procfile").write_text("web: serve")
    (source / "requirements.txt").write_text("# none")
    environment = {**os.environ, **server.workspace.variables()}
    for words in (["init", "-q", "--initial-branch=main"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run(["git", *AUTHOR, *words], cwd=source, env=environment, check=True)
    address = f"{server.workspace.heroku.url}/shop.git"
    with subprocess.Popen(
        ["git", "push", address, "main"],
        cwd=source,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as push:
        assert push.stderr
        while not push.stderr.readline().startswith(BUILDING):
            assert push.poll() is None

        process = server.process()
        assert process
        process.kill()
        process.wait()

    assert push.returncode != 0
    deadline = time.monotonic() + 60
    while builders(server.data):
        assert time.monotonic() < deadline, "a build goes on"
        time.sleep(0.05)
    server.start()
    assert [build["status"] for build in server.get("/apps/shop/builds")] == ["failed"]
    assert len(server.get("/apps/shop/releases")) == 1
    request = subprocess.run(
        ["git", "ls-remote", address], env=environment, capture_output=True, check=True
    )
    assert request.stdout == b""
    for left in ("builds/*", "slugs/*", "git/*.git/objects/*incoming-*"):
        assert list(server.data.glob(left)) == []


def builders(data: Path) -> list[int]:
    """Return the processes that create an environment."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if any(str(data / "environments") in word for word in process.info["cmdline"] or ())
    ]
