"""A full disk: stopping works, calls that need space report it, everything else continues."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession, encode_basic_auth

from localheroku.app import LocalHeroku
from localheroku.core.state import Settings
from tests.localheroku.api.test_slugs import packed, uploaded
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient
from tests.localheroku.small_disk import BYTES, Disk, api_of, disk, small, start

__all__ = ["disk", "small"]

PATIENCE_SECONDS = 60
WEB = f"exec {sys.executable} -m http.server --bind 127.0.0.1 $PORT"
CHATTY = "while true; do echo here; sleep 0.05; done"
PROCESSES = {"web": WEB, "worker": CHATTY}


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Api]:
    """Run a local Heroku with an app whose dynos are up; it must end in time."""
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
    """Return the processes that work in a folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    return found


async def test_a_snapshot_reports_a_full_disk_and_everything_continues(
    small: Settings, disk: Disk
) -> None:
    async with serving(small) as api:
        local = ControlClient(api)
        # Stopping frees the space of the store's log.
        (small.data / "blobs").mkdir(exist_ok=True)
        (small.data / "blobs" / "large").write_bytes(bytes(BYTES // 4))
        disk.fill()
        assert await local.refusal("POST", "/snapshots", {"name": "red"}) == (
            507,
            "Cannot save snapshot red: No space left on device.",
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


async def test_a_build_reports_a_full_disk_and_frees_its_space(small: Settings, disk: Disk) -> None:
    async with serving(small) as api:
        build = await api.build("web: an environment for it is larger than the disk")
        assert build["status"] == "failed"
        output = await api.text(build["output_stream_url"])
        assert (
            "!     the disk of the local Heroku is full: free some space and build again" in output
        )
        assert shutil.disk_usage(disk.folder).free > BYTES // 2
        assert await site(api) == 200
        url = await api.upload("web: serve")
        disk.fill()
        # The store's log has some free space of its own.
        for _ in range(500):
            answer = await api.call("POST", "/apps/shop/builds", {"source_blob": {"url": url}})
            if answer.status != 201:
                break
        assert (answer.status, answer.body["id"]) == (507, "disk_full")


async def test_a_push_reports_a_full_disk(
    small: Settings, disk: Disk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = tmp_path_factory.mktemp("project")
    (project / "photo").write_bytes(os.urandom(BYTES // 20))
    async with serving(small) as api:
        await git(project, api, "init", "--quiet", "--initial-branch=main")
        await git(project, api, "add", "--all")
        await git(project, api, "commit", "--quiet", "--message=Begin")
        push = ["push", f"{api.url}/shop.git", "main"]
        disk.fill()
        assert "!\tThe disk of the local Heroku is full: " in await git(project, api, *push)
        disk.clear()
        disk.fill(but_for=BYTES // 14)
        assert (
            "!\tPush rejected, the local Heroku's disk is full: free some space and push again."
        ) in await git(project, api, *push)
        disk.fill()
        assert "No space left on device" in await git(project, api, *push)
        assert await site(api) == 200
        assert await api.get("/apps/shop/builds") == []


async def git(project: Path, api: Api, *words: str) -> str:
    """Return Git's output; the key is in no command line."""
    settings = {
        "user.name": "Dev",
        "user.email": "dev@acme.example",
        "http.extraHeader": f"Authorization: {encode_basic_auth('', api.key)}",
    }
    variables = {"GIT_CONFIG_COUNT": str(len(settings)), "GIT_CONFIG_GLOBAL": os.devnull}
    for number, (name, value) in enumerate(settings.items()):
        variables |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    process = await asyncio.create_subprocess_exec(
        *("git", *words), cwd=project, env={**os.environ, **variables}, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await process.communicate()
    return output.decode()
