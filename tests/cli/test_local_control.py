"""Tests of the commands that control the local Heroku: faults, snapshots, clock, recorder."""

from __future__ import annotations

import json
import re
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dynostack.cli.commands import commands
from dynostack.errors import LocalError
from dynostack.local.server import ServerProcess
from tests.worlds import server_in


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("laboratory")
    server = server_in(folder)
    server.start()
    yield server
    server.leave()


@pytest.fixture
def shell(server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProcess]:
    """Run the test in the project's folder and reset the local Heroku afterwards."""
    monkeypatch.chdir(server.workspace.project)
    yield server
    server.control("POST", "/actions/reset")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["local", *arguments], catch_exceptions=True)


def told(*arguments: str) -> Any:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_the_page_is_opened_by_a_link_that_holds_no_key(
    shell: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def browse(address: str) -> bool:
        opened.append(address)
        return len(opened) == 1

    monkeypatch.setattr(webbrowser, "open", browse)
    assert run("open").output == ""
    without_browser = run("open").output.strip()
    printed = run("open", "--print").output.strip()

    requests = (shell.data / "requests.jsonl").read_text()
    assert json.loads(requests.splitlines()[-1])["client"] == "dynostack"
    assert opened == [opened[0], without_browser]
    addresses = {opened[0], without_browser, printed}
    assert len(addresses) == 3
    for address in addresses:
        assert address.startswith(f"{shell.workspace.heroku.url}/_page/enter?code=")
        assert shell.workspace.api_key_file.read_text().strip() not in address
        assert address.partition("code=")[2] not in requests


def test_a_fault_is_added_listed_and_cleared(shell: ServerProcess) -> None:
    fault = told(
        *("fault", "add", "error", "--status", "503", "--id", "maintenance"),
        *("--message", "Later.", "--route", "GET /apps", "--count", "1"),
    )
    assert fault["options"] == {"status": 503, "id": "maintenance", "message": "Later."}
    with pytest.raises(LocalError, match=r"Later\. \(GET /apps: 503\)"):
        shell.get("/apps")
    assert shell.get("/apps") == []

    listed = run("fault", "list").output
    assert f"{fault['id']}  error route=GET /apps count=1 status=503" in listed
    assert "matched 2, affected 1" in listed
    assert [cleared["id"] for cleared in told("fault", "clear", fault["id"])] == [fault["id"]]
    assert told("fault", "clear") == []


def test_an_unknown_fault_is_reported_with_the_known_ones(shell: ServerProcess) -> None:
    result = run("fault", "add", "explode")
    assert isinstance(result.exception, LocalError)
    assert 'Unknown fault "explode". Known faults: error, latency' in str(result.exception)


@pytest.mark.parametrize("name", ["caf\xe9", "\udcff", "a b"])
def test_a_snapshot_name_of_any_characters_is_reported_as_missing(
    shell: ServerProcess, name: str
) -> None:
    result = run("restore", name)
    assert isinstance(result.exception, LocalError)
    assert "Couldn't find that snapshot" in str(result.exception)


def test_a_snapshot_is_restored_with_pulumis_state(shell: ServerProcess) -> None:
    shell.post("/apps", {"name": "shop"})
    state = shell.workspace.state / "stack.json"
    state.write_text("one")
    assert told("snapshot", "one")["apps"] == ["shop"]
    shell.delete("/apps/shop")
    state.write_text("two")

    assert "one" in run("snapshot").output
    assert told("restore", "one")["name"] == "one"

    assert shell.only_app() == "shop"
    assert state.read_text() == "one"
    told("snapshot", "one", "--remove")
    assert told("snapshot") == []
    assert isinstance(run("restore", "one").exception, LocalError)


def test_a_reset_keeps_snapshots(shell: ServerProcess) -> None:
    shell.post("/apps", {"name": "shop"})
    told("snapshot", "one")
    shell.reset()
    shell.start()
    assert shell.get("/apps") == []
    told("restore", "one")
    assert shell.only_app() == "shop"
    told("snapshot", "one", "--remove")


def test_the_clock_is_shown_and_set(shell: ServerProcess) -> None:
    assert "this machine's time" in run("clock").output
    assert told("clock", "--set", "2031-05-01T12:00:00Z")["time"].startswith("2031-05-01T12:00")
    assert told("clock", "--advance", "2h")["time"].startswith("2031-05-01T14:00")
    assert re.search(r"\d+ days, \d+:\d\d:\d\d ahead of this machine", run("clock").output)
    assert "must be a time such as" in str(run("clock", "--set", "").exception)
    assert abs(told("clock", "--now")["ahead_seconds"]) < 1
    assert "not a duration" in run("clock", "--advance", "soon").output


def test_settings_are_shown_and_set(shell: ServerProcess) -> None:
    shown = told("settings", "addon=5m", "bucket=100", "enforced=true")
    assert shown["provisioning"]["addon"] == 300
    assert (shown["rate_limit"]["bucket"], shown["rate_limit"]["enforced"]) == (100, True)
    lines = run("settings").output.splitlines()
    assert lines[0].split() == ["addon", "300", "seconds"]
    assert lines[-1].split() == ["old_versions", "false"]
    assert told("settings", "old_versions=true")["addons"] == {"old_versions": True}
    assert "write a number, true or false" in run("settings", "bucket=many").output
    assert "addon has no value; write addon=VALUE" in run("settings", "addon").output
    assert "Unknown params: rocket" in str(run("settings", "rocket=1").exception)


def test_calls_are_recorded(shell: ServerProcess) -> None:
    run("record", "start")
    shell.post("/apps", {"name": "shop"})
    run("record", "stop")
    shell.get("/apps")
    (line,) = run("record", "show").output.splitlines()
    assert json.loads(line)["request"] == {"name": "shop"}


def test_a_command_says_when_the_local_heroku_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    monkeypatch.chdir(tmp_path)
    assert "dynostack local start" in str(run("fault", "list").exception)
