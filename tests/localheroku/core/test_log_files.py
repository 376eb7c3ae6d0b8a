"""Logs that are cut while their writer continues."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.addons import MEMCACHED, POSTGRES, postgres
from localheroku.addons.launching import LOG
from localheroku.core import log_files
from localheroku.core.state import Settings
from localheroku.workflows import addon_supervisor
from tests.localheroku.control.control_client import running
from tests.localheroku.dynos.slugs import until


def test_cut_lines_are_kept_once_and_the_writer_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_files, "LARGEST_BYTES", 20)
    log = tmp_path / "server.log"
    with log.open("a", buffering=1) as writer:
        for text in ("one", "two"):
            writer.write(f"{text} {'x' * 30}\n")
            log_files.cut(log)
        writer.write("three\n")
        log_files.cut(log)

    assert log.read_text() == "three\n"
    assert log_files.previous(log).read_text() == f"two {'x' * 30}\n"
    assert log_files.previous(log).stat().st_mode & 0o777 == 0o600


async def test_no_log_grows_without_limit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addon_supervisor, "LOGS_SECONDS", 0.05)
    monkeypatch.setattr(log_files, "LARGEST_BYTES", 20)
    logs = [
        settings.data / "server.log",
        *postgres.log_files(settings.data / POSTGRES),
        settings.data / MEMCACHED[0] / "0a-shop" / LOG,
    ]
    async with running(settings):
        for log in logs:
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text("x" * 30)
        await until(lambda: all(log.stat().st_size == 0 for log in logs))
