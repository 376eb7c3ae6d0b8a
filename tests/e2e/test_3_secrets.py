"""No key, password or URL with credentials is readable where people and programs look."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.rehearsal import Rehearsal

pytestmark = pytest.mark.e2e
CREDENTIALS = ("DATABASE_URL", "MEMCACHIER_PASSWORD", "MEMCACHIER_USERNAME", "SECRET_KEY")


@pytest.fixture
def secrets(rehearsal: Rehearsal, site: str) -> list[bytes]:
    config_vars = rehearsal.heroku(f"/apps/{site}/config-vars")
    values = [config_vars[name] for name in CREDENTIALS]
    password = config_vars["DATABASE_URL"].split(":")[2].split("@")[0]
    key = rehearsal.world.api_key_file.read_text()
    return [value.encode() for value in (*values, password, key)]


def files_below(*folders: Path) -> list[Path]:
    return [file for folder in folders for file in folder.rglob("*") if file.is_file()]


def test_state_and_engine_logs_hold_no_secret(rehearsal: Rehearsal, secrets: list[bytes]) -> None:
    files = files_below(rehearsal.world.state, rehearsal.world.pulumi_home)
    assert rehearsal.state_file("local") in files
    for file in files:
        content = file.read_bytes()
        assert not [secret for secret in secrets if secret in content], file


def test_logs_of_the_local_heroku_hold_no_secret(
    rehearsal: Rehearsal, site: str, secrets: list[bytes]
) -> None:
    data = rehearsal.world.heroku_data
    app_log = rehearsal.dynostack("local", "logs", site, "-n", "10000").output.encode()
    logs = [app_log, rehearsal.server.log.read_bytes(), (data / "requests.jsonl").read_bytes()]
    for log in logs:
        assert log
        assert not [secret for secret in secrets if secret in log]


def test_no_command_printed_a_secret(rehearsal: Rehearsal, secrets: list[bytes]) -> None:
    printed = rehearsal.transcript.encode()
    assert b"pulumi:pulumi:Stack" in printed
    assert not [secret for secret in secrets if secret in printed]


def test_no_command_line_holds_a_secret(rehearsal: Rehearsal, secrets: list[bytes]) -> None:
    lines = rehearsal.command_lines()
    assert len(lines) > 3
    assert not [line for line in lines for secret in secrets if secret in line.encode()]
