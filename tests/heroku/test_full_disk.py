"""A disk without room: one sentence, nothing half done, and all is well once there is some."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession

from dynostack.errors import LocalError
from dynostack.heroku import full_disk
from dynostack.heroku.local import LocalHeroku
from dynostack.heroku.platform import Settings
from dynostack.local import LocalServer
from dynostack.world import World
from tests.e2e.rehearsal import free_port
from tests.heroku.api.test_slugs import packed, uploaded
from tests.heroku.client import Api
from tests.heroku.control.laboratory import Laboratory
from tests.heroku.machines import Remembered

BYTES = 4 << 20
PATIENCE_SECONDS = 20
WEB = f"exec {sys.executable} -m http.server --bind 127.0.0.1 $PORT"
CHATTY = "while true; do echo here; sleep 0.05; done"
PROCESSES = {"web": WEB, "worker": CHATTY}


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
        *(sys.executable, "-m", "dynostack.heroku", "--data", str(settings.data)),
        *("--port", str(settings.port), "--account", settings.account, "--team", settings.team),
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def started(settings: Settings) -> tuple[int | None, str]:
    """How a start ended, and what it said; None while it runs."""
    with start(settings) as process:
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


async def test_calls_are_answered_though_their_logs_have_no_room(
    small: Settings, disk: Disk
) -> None:
    machines = Remembered.of(small.data)
    async with LocalHeroku(small, machines.machines) as heroku, ClientSession() as session:
        api = api_of(small, session, heroku)
        local = Laboratory(api)
        await local.patch("/recorder", {"on": True})
        disk.fill()
        for _ in range(100):
            assert await api.get("/apps") == []
        disk.clear()
        assert await api.get("/apps?after=all") == []
        recorded = await local.get("/recorder/calls")
        assert recorded[-1]["query"] == {"after": "all"}
        logged = (small.data / "requests.jsonl").read_text().splitlines()
        assert len(logged) < 100
        assert {json.loads(line)["status"] for line in logged} <= {200, 201}


@pytest.mark.parametrize("clears", [True, False])
async def test_a_snapshot_comes_back_once_there_is_room(
    small: Settings, disk: Disk, clears: bool
) -> None:
    machines = Remembered.of(small.data)
    async with LocalHeroku(small, machines.machines) as heroku, ClientSession() as session:
        api = api_of(small, session, heroku)
        local = Laboratory(api)
        await api.app()
        source = (await api.post("/sources"))["source_blob"]
        async with session.put(source["put_url"], data=os.urandom(BYTES // 4)) as response:
            assert response.status == 200
        await local.post("/snapshots", {"name": "red"})
        await local.post("/actions/reset")
        disk.fill(but_for=BYTES // 8)
        assert (await local.refusal("POST", "/snapshots/red/actions/restore"))[0] == 507
        assert (await api.refusal("GET", "/apps"))[:2] == (507, "disk_full")
        if clears:
            disk.clear()
            assert [app["name"] for app in await api.get("/apps")] == ["shop"]
    if not clears:
        assert started(small)[0] == 1
        disk.clear()
    again = Remembered.of(small.data)
    async with LocalHeroku(small, again.machines) as heroku, ClientSession() as session:
        api = api_of(small, session, heroku)
        assert [app["name"] for app in await api.get("/apps")] == ["shop"]


def api_of(settings: Settings, session: ClientSession, heroku: LocalHeroku) -> Api:
    key = (settings.data / "api-key").read_text().strip()
    return Api(settings.url, key, session, heroku, Remembered.of(settings.data / "unused"))


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Api]:
    """A local Heroku with an app whose dynos are up; it must come to its end in time."""
    async with asyncio.timeout(4 * PATIENCE_SECONDS), ClientSession() as session:
        async with LocalHeroku(settings) as heroku:
            api = api_of(settings, session, heroku)
            await api.app()
            slug = await uploaded(api, packed(index="hello"), process_types=PROCESSES)
            await api.post("/apps/shop/releases", {"slug": slug["id"]})
            await api.patch("/apps/shop/formation/worker", {"quantity": 1})
            await serves(api)
            yield api
        assert left_in(settings.data) == []


async def serves(api: Api) -> None:
    """Wait for the app's web dyno."""
    for _ in range(PATIENCE_SECONDS * 20):
        if await site(api) == 200:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await api.get("/apps/shop/dynos"))


async def site(api: Api) -> int:
    async with api.session.get(api.url, headers={"Host": "shop.localhost"}) as response:
        return response.status


def left_in(folder: Path) -> list[psutil.Process]:
    """The processes that work in a folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    return found


async def test_a_snapshot_says_so_and_everything_goes_on(small: Settings, disk: Disk) -> None:
    async with serving(small) as api:
        local = Laboratory(api)
        disk.fill()
        assert await local.refusal("POST", "/snapshots", {"name": "red"}) == (
            507,
            "The files of snapshot red could not be written: No space left on device.",
        )
        assert [app["name"] for app in await api.get("/apps")] == ["shop"]
        assert await local.get("/snapshots") == []
        disk.clear()
        await serves(api)
        await local.post("/snapshots", {"name": "red"})
        await serves(api)
        disk.fill()


async def test_dynos_are_restarted_scaled_and_removed(small: Settings, disk: Disk) -> None:
    async with serving(small) as api:
        disk.fill()
        await api.delete("/apps/shop/dynos")
        await api.delete("/apps/shop/dynos/worker.1")
        disk.clear()
        await serves(api)
        disk.fill()
        scaled = await api.refusal("PATCH", "/apps/shop/formation/worker", {"quantity": 0})
        assert scaled[:2] == (507, "disk_full")
        refused = await api.refusal("DELETE", "/apps/shop")
        assert refused[:2] == (507, "disk_full")
        disk.clear()
        await serves(api)
        await api.delete("/apps/shop")
        assert left_in(small.data) == []


async def test_a_sigterm_ends_it_with_its_dynos(small: Settings, disk: Disk) -> None:
    async with serving(small):
        pass
    with start(small) as process:
        assert process.stdout
        assert "listens" in process.stdout.readline()
        async with ClientSession() as session:
            await serves(api_of(small, session, LocalHeroku(small)))
        disk.fill()
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
        assert process.stdout.read() == ""
    assert left_in(small.data) == []


def test_a_folder_that_has_no_room_is_told_of_in_the_systems_words(
    disk: Disk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = tmp_path_factory.mktemp("source")
    (source / "one").write_text("1")
    (source / "two").write_text("2")
    disk.fill()
    with pytest.raises(shutil.Error) as caught:
        shutil.copytree(source, disk.folder / "copy")
    assert full_disk.reason(caught.value) == "No space left on device"
    assert full_disk.tells_of(caught.value, disk.folder)
