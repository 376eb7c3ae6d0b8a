"""A full disk: one sentence, nothing half done, and all works again once there is room."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace

import pytest
from aiohttp import ClientSession

from dynostack.errors import LocalError
from dynostack.local.server import ServerProcess
from dynostack.local.workspace import LocalWorkspace
from localheroku.app import LocalHeroku
from localheroku.core import disk_full
from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient
from tests.localheroku.fake_backends import FakeBackends
from tests.localheroku.small_disk import BYTES, Disk, api_of, disk, small, start
from tests.ports import free_port

pytestmark = pytest.mark.long

__all__ = ["disk", "small"]


def started(settings: Settings) -> tuple[int | None, str]:
    """Return the exit status of a start and its output; a status of None if it runs."""
    with start(settings) as process:
        assert process.stdout
        first = process.stdout.readline()
        if "listens" in first:
            process.terminate()
            return None, first
        return process.wait(), first + process.stdout.read()


@pytest.mark.parametrize("before", [False, True])
def test_a_start_reports_a_full_disk_in_one_sentence(
    small: Settings, disk: Disk, before: bool
) -> None:
    if before:
        assert started(small)[0] is None
    disk.fill()
    sentence = (
        f"cannot start: the disk of {small.data} is full; free some space, then start the local "
        "Heroku again\n"
    )
    assert started(small) == (1, sentence)
    disk.clear()
    assert started(small)[0] is None


def test_the_command_reports_a_full_disk_although_the_log_has_no_room(disk: Disk) -> None:
    (disk.folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    settings = f"[tool.dynostack.local]\nport = {free_port()}\n"
    (disk.folder / "pyproject.toml").write_text(settings)
    server = ServerProcess(LocalWorkspace.of(disk.folder))
    server.workspace.create()
    disk.fill()
    with pytest.raises(LocalError, match=r"the disk of .* is full; free some space"):
        server.start()
    disk.clear()
    assert server.start()
    server.leave()


async def test_a_call_is_stored_completely_or_not_at_all(small: Settings, disk: Disk) -> None:
    backends = FakeBackends.of(small.data)
    created = []
    async with LocalHeroku(small, backends.create) as heroku, ClientSession() as session:
        api = Api(
            small.url, (small.data / "api-key").read_text().strip(), session, heroku, backends
        )
        disk.fill()
        for number in range(500):
            answer = await api.call("POST", "/apps", {"name": f"shop-{number}"})
            if answer.status != 201:
                break
            created.append(answer.body["name"])
        assert (answer.status, answer.body["id"]) == (507, "disk_full")
        assert "free some space" in answer.body["message"]
        assert sorted(app["name"] for app in await api.get("/apps")) == sorted(created)
        disk.clear()
        created.append((await api.app("room-again"))["name"])

    again = FakeBackends.of(small.data)
    async with LocalHeroku(small, again.create) as heroku, ClientSession() as session:
        api = replace(api, session=session, heroku=heroku, backends=again)
        assert sorted(app["name"] for app in await api.get("/apps")) == sorted(created)
        for name in created:
            assert len(await api.get(f"/apps/{name}/releases")) == 1


async def test_calls_are_answered_although_their_logs_have_no_room(
    small: Settings, disk: Disk
) -> None:
    backends = FakeBackends.of(small.data)
    async with LocalHeroku(small, backends.create) as heroku, ClientSession() as session:
        api = api_of(small, session, heroku)
        local = ControlClient(api)
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
async def test_a_snapshot_is_restored_once_there_is_room(
    small: Settings, disk: Disk, clears: bool
) -> None:
    backends = FakeBackends.of(small.data)
    async with LocalHeroku(small, backends.create) as heroku, ClientSession() as session:
        api = api_of(small, session, heroku)
        local = ControlClient(api)
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
    again = FakeBackends.of(small.data)
    async with LocalHeroku(small, again.create) as heroku, ClientSession() as session:
        api = api_of(small, session, heroku)
        assert [app["name"] for app in await api.get("/apps")] == ["shop"]


def test_a_full_disk_under_a_folder_has_the_systems_reason(
    disk: Disk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = tmp_path_factory.mktemp("source")
    (source / "one").write_text("1")
    (source / "two").write_text("2")
    disk.fill()
    with pytest.raises(shutil.Error) as caught:
        shutil.copytree(source, disk.folder / "copy")
    assert disk_full.reason(caught.value) == "No space left on device"
    assert disk_full.is_disk_full(caught.value, disk.folder)
