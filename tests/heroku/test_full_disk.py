"""A disk without room: one sentence, nothing half done, and all is well once there is some."""

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

from dynostack.errors import LocalError
from dynostack.heroku.local import LocalHeroku
from dynostack.heroku.platform import Settings
from dynostack.local import LocalServer
from dynostack.world import World
from tests.e2e.rehearsal import free_port
from tests.heroku.client import Api
from tests.heroku.machines import Remembered

BYTES = 4 << 20


class Disk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    def fill(self) -> None:
        with suppress(OSError), self._filling.open("ab", buffering=0) as file:
            for size in (4096, 1):
                with suppress(OSError):
                    while file.write(b"0" * size):
                        pass

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


def started(settings: Settings) -> tuple[int | None, str]:
    """How a start ended, and what it said; None while it runs."""
    command = [
        *(sys.executable, "-m", "dynostack.heroku", "--data", str(settings.data)),
        *("--port", str(settings.port), "--account", settings.account, "--team", settings.team),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout
        first = process.stdout.readline()
        if "listens" in first:
            process.terminate()
            return None, first
        return process.wait(), first + process.stdout.read()


@pytest.mark.parametrize("before", [False, True])
def test_a_start_says_so_in_one_sentence(small: Settings, disk: Disk, before: bool) -> None:
    if before:
        assert started(small)[0] is None
    disk.fill()
    sentence = (
        f"The disk that {small.data} is on is full: free some space, then start the local Heroku "
        "again.\n"
    )
    assert started(small) == (1, sentence)
    disk.clear()
    assert started(small)[0] is None


def test_the_command_says_so_although_the_log_has_no_room(disk: Disk) -> None:
    (disk.folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    settings = f"[tool.dynostack.local]\nport = {free_port()}\n"
    (disk.folder / "pyproject.toml").write_text(settings)
    server = LocalServer(World.of(disk.folder))
    server.world.create()
    disk.fill()
    with pytest.raises(LocalError, match=r"disk that .* is full: free some space"):
        server.start()
    disk.clear()
    assert server.start()
    server.leave()


async def test_a_call_is_kept_whole_or_not_at_all(small: Settings, disk: Disk) -> None:
    machines = Remembered.of(small.data)
    kept = []
    async with LocalHeroku(small, machines.machines) as heroku, ClientSession() as session:
        api = Api(
            small.url, (small.data / "api-key").read_text().strip(), session, heroku, machines
        )
        disk.fill()
        for number in range(500):
            answer = await api.call("POST", "/apps", {"name": f"shop-{number}"})
            if answer.status != 201:
                break
            kept.append(answer.body["name"])
        assert (answer.status, answer.body["id"]) == (507, "disk_full")
        assert "free some space" in answer.body["message"]
        assert [app["name"] for app in await api.get("/apps")] == kept
        disk.clear()
        kept.append((await api.app("room-again"))["name"])

    again = Remembered.of(small.data)
    async with LocalHeroku(small, again.machines) as heroku, ClientSession() as session:
        api = replace(api, session=session, heroku=heroku, machines=again)
        assert [app["name"] for app in await api.get("/apps")] == kept
        for name in kept:
            assert len(await api.get(f"/apps/{name}/releases")) == 1
