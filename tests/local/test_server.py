"""Tests of the process of the local Heroku, with the real server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from dynostack.cli.commands import commands
from dynostack.errors import LocalError
from dynostack.local.server import ServerProcess
from dynostack.local.status import status_of
from dynostack.local.workspace import LocalWorkspace
from tests.worlds import server_in

pytestmark = pytest.mark.long


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = server_in(tmp_path)
    yield server
    server.leave()


def test_it_starts_once_and_stops_once(server: ServerProcess) -> None:
    assert server.start()
    assert not server.start()
    process = server.process()
    assert process
    assert server.stop()
    assert not process.is_running()
    assert not server.stop()


def test_a_server_that_ends_while_it_is_found_counts_as_stopped(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    process = server.process()
    assert process
    process.kill()
    process.wait()
    with monkeypatch.context() as patch:
        patch.setattr(server, "process", lambda: process)
        assert server.stop()
    assert server.start()


def start_on_the_port(folder: Path, port: int) -> tuple[str, ServerProcess]:
    """Start on a port in use; return the message, and a server on the port that it advises."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: blog\nruntime: python\n")
    file = folder / "pyproject.toml"
    file.write_text(f"[tool.dynostack.local]\nport = {port}\n")
    second = ServerProcess(LocalWorkspace.of(folder))
    with pytest.raises(LocalError) as failed:
        second.start()
    message = str(failed.value)
    (advice,) = re.findall(
        rf"; write (port = \d+) below \[tool.dynostack.local\] in {file}, or", message
    )
    file.write_text(f"[tool.dynostack.local]\n{advice}\n")
    return message, ServerProcess(LocalWorkspace.of(folder))


def test_the_project_that_uses_the_port_is_named(tmp_path: Path) -> None:
    first_folder = tmp_path / "a shop"
    first_folder.mkdir()
    first = server_in(first_folder)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    own = {**os.environ, "PATH": path}
    subprocess.run(["dynostack", "local", "start"], cwd=first_folder, env=own, check=True)
    port = first.workspace.heroku.port
    message, second = start_on_the_port(tmp_path / "blog", port)
    try:
        assert f"port {port} is in use by the local Heroku of {first_folder};" in message
        assert second.start()
        (stop,) = re.findall(r"stop that one with: (.*)", message)
        subprocess.run(["sh", "-c", stop], env=own, check=True)
        assert first.process() is None
    finally:
        first.leave()
        second.leave()


def test_the_world_is_entered_as_another_account(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    monkeypatch.chdir(server.workspace.project)

    lines = CliRunner().invoke(commands, ["env", "--as", "dev@acme.example"]).output.splitlines()

    assert f"export HEROKU_API_KEY={server.key_of('dev@acme.example')}" in lines
    assert server.key_of("dev@acme.example") != server.workspace.api_key_file.read_text()


def test_status_before_and_after_the_start(server: ServerProcess) -> None:
    assert status_of(server).pid is None
    server.start()
    status = status_of(server)
    process = server.process()
    assert process
    assert (status.pid, status.apps) == (process.pid, [])
    assert (status.account, status.team) == ("ops@acme.example", "acme")


def test_data_outlives_a_stop_but_not_a_reset(server: ServerProcess) -> None:
    server.start()
    server.post("/apps", {"name": "acme-shop"})
    server.leave()
    server.start()
    assert server.only_app() == "acme-shop"
    key = server.workspace.api_key_file.read_text()
    server.reset()
    server.start()
    assert status_of(server).apps == []
    assert server.workspace.api_key_file.read_text() == key


def test_a_port_in_use_is_reported_in_one_sentence(server: ServerProcess) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", server.workspace.heroku.port))
        other.listen()
        with pytest.raises(LocalError, match=str(server.workspace.heroku.port)) as error:
            server.start()
    assert "\n" not in str(error.value)
    assert "is in use by another program; write port = " in str(error.value)
    assert str(error.value).endswith(", or stop that program")
    assert server.process() is None


def test_commands_that_start_it_at_once_share_one_server(server: ServerProcess) -> None:
    servers = [ServerProcess(server.workspace) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(ServerProcess.start, servers))
    assert started.count(True) == 1
    assert status_of(server).pid
    assert servers[started.index(True)].stop()


def test_a_start_waits_for_a_server_that_is_still_stopping(server: ServerProcess) -> None:
    server.start()
    ending = server.process()
    assert ending
    app = server.post("/apps", {})
    server.post(f"/apps/{app['id']}/addons", {"plan": "heroku-postgresql:essential-0"})
    with ThreadPoolExecutor(1) as pool:
        stopped = pool.submit(server.stop)
        # From then on the database server is stopping, which takes a while.
        while server.listens(ending.pid):
            time.sleep(0.001)
        following = ServerProcess(server.workspace)
        assert following.start()
        assert stopped.result()
    assert following.only_app() == app["name"]
    assert following.stop()


def test_it_is_found_and_stopped_when_its_folder_is_damaged(server: ServerProcess) -> None:
    server.start()
    process = server.process()
    assert process
    shutil.rmtree(server.workspace.root)
    server.leave()
    assert not process.is_running()


def test_the_key_is_sent_only_to_the_server(server: ServerProcess) -> None:
    server.workspace.create()
    with socket.create_server(("127.0.0.1", server.workspace.heroku.port)) as other:
        other.settimeout(0.2)
        with pytest.raises(LocalError, match="dynostack local start"):
            server.get("/apps")
        with pytest.raises(TimeoutError):
            other.accept()


def test_the_server_does_not_get_the_login_to_the_real_heroku(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEROKU_API_KEY", "the-real-one")
    server.start()
    process = server.process()
    assert process
    assert "HEROKU_API_KEY" not in process.environ()


def test_a_server_that_hangs_is_reported(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dynostack.local.server.ANSWER_SECONDS", 0.2)
    monkeypatch.setattr("dynostack.local.server.STOP_SECONDS", 0.2)
    server.start()
    process = server.process()
    assert process
    process.suspend()
    with pytest.raises(LocalError, match="does not answer GET /apps"):
        server.get("/apps")
    with pytest.raises(LocalError, match="did not stop"):
        server.stop()
    server.leave()
    assert not process.is_running()


def test_without_an_app_there_is_no_default_app(server: ServerProcess) -> None:
    server.start()
    with pytest.raises(LocalError, match="there is no app"):
        server.only_app()


def test_an_error_of_the_api_is_reported_in_herokus_words(server: ServerProcess) -> None:
    server.start()
    with pytest.raises(LocalError, match=r"Couldn't find that app\."):
        server.get("/apps/no-such-app")


def test_a_call_while_it_does_not_run_says_how_to_start_it(server: ServerProcess) -> None:
    for _ in ("never started", "stopped again"):
        with pytest.raises(LocalError, match="dynostack local start"):
            server.only_app()
        server.start()
        server.stop()
