"""A disk that can be filled, and a local Heroku on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession

from localheroku.app import LocalHeroku
from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.fake_backends import FakeBackends

BYTES = 4 << 20


class Disk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    def fill(self, *, but_for: int = 0) -> None:
        with suppress(OSError), self._filling.open("ab", buffering=0) as file:
            for size in (4096, 1):
                with suppress(OSError):
                    while file.write(b"0" * size):
                        pass
            file.truncate(file.tell() - but_for)

    def clear(self) -> None:
        self._filling.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if os.geteuid():
        pytest.skip("only root makes a small disk")
    command = ["mount", "-t", "tmpfs", "-o", f"size={BYTES}", "tmpfs", str(tmp_path)]
    subprocess.run(command, check=True)
    yield Disk(tmp_path)
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.fixture
def small(settings: Settings, disk: Disk) -> Settings:
    return replace(settings, data=disk.folder / "heroku")


def start(settings: Settings) -> subprocess.Popen[str]:
    command = [
        *(sys.executable, "-m", "localheroku", "--data", str(settings.data)),
        *("--port", str(settings.port), "--account", settings.account, "--team", settings.team),
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def api_of(settings: Settings, session: ClientSession, heroku: LocalHeroku) -> Api:
    key = (settings.data / "api-key").read_text().strip()
    return Api(settings.url, key, session, heroku, FakeBackends.of(settings.data / "unused"))
