"""Pushes that are interrupted, and their effect on an app's repository."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession

from localheroku.app import LocalHeroku
from localheroku.core.state import Settings
from localheroku.git.push import ObjectStore
from tests.localheroku.client import Api
from tests.localheroku.fake_backends import FakeBackends
from tests.localheroku.git.conftest import Project

QUARANTINE = "*.git/objects/*incoming-*"


def repositories(settings: Settings) -> list[Path]:
    return list((settings.data / "git").glob("*.git"))


async def building(api: Api, project: Project) -> asyncio.subprocess.Process:
    """Start a push whose build continues until the builder's gate opens."""
    api.backends.builder.gate.clear()
    process = await project.start("push", "heroku", "main")
    assert process.stdout
    await asyncio.wait_for(process.stdout.readuntil(b"remote: build "), 60)
    return process


async def test_a_killed_push_leaves_nothing(api: Api, project: Project, settings: Settings) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    process = await building(api, project)

    await project.kill(process)

    (build,) = await api.get("/apps/shop/builds")
    build = await api.settled(f"/apps/shop/builds/{build['id']}")
    assert (build["status"], build["slug"], build["release"]) == ("failed", None, None)
    api.backends.builder.gate.set()
    while list((settings.data / "git").glob(QUARANTINE)):  # noqa: ASYNC110 - Git is cleaning up
        await asyncio.sleep(0.02)
    assert await project.git("ls-remote", "heroku") == ""
    assert len(await api.get("/apps/shop/releases")) == 1

    await project.push("heroku", "main")
    assert len(await api.get("/apps/shop/releases")) == 2


async def test_a_push_killed_while_it_is_released_is_complete(api: Api, project: Project) -> None:
    await api.app()
    commit = await project.commit(Procfile="web: serve")
    api.backends.dynos.start_gate.clear()
    process = await project.start("push", "heroku", "main")
    assert process.stdout
    await asyncio.wait_for(process.stdout.readuntil(b"remote: -----> Launching"), 60)

    await project.kill(process)
    await asyncio.sleep(0.5)
    api.backends.dynos.start_gate.set()

    (build,) = await api.get("/apps/shop/builds")
    build = await api.settled(f"/apps/shop/builds/{build['id']}")
    assert build["status"] == "succeeded"
    async with asyncio.timeout(60):
        while commit not in await project.git("ls-remote", "heroku"):  # noqa: ASYNC110 - Git's
            await asyncio.sleep(0.05)


async def test_a_push_cut_off_on_its_way_changes_nothing(
    api: Api, project: Project, settings: Settings
) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    await project.push("heroku", "main")
    head = await project.git("rev-parse", "HEAD")
    _, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    update = f"{head} {'1' * 40} refs/heads/main\0 report-status side-band-64k"
    body = f"{len(update) + 4:04x}{update}0000PACK".encode()
    writer.write(
        b"POST /shop.git/git-receive-pack HTTP/1.1\r\nHost: localhost\r\n"
        b"Authorization: Bearer " + api.key.encode() + b"\r\n"
        b"Content-Type: application/x-git-receive-pack-request\r\n"
        b"Content-Length: 100000\r\n\r\n" + body
    )
    await writer.drain()
    await asyncio.sleep(0.2)

    writer.close()
    await writer.wait_closed()

    assert head in await project.git("ls-remote", "heroku", "main")
    assert len(await api.get("/apps/shop/builds")) == 1
    await project.commit()
    await project.push("heroku", "main")
    assert list((settings.data / "git").glob(QUARANTINE)) == []


async def test_a_repository_follows_its_app(api: Api, project: Project, settings: Settings) -> None:
    await api.app()
    commit = await project.commit(Procfile="web: serve")
    await project.push("heroku", "main")

    await api.patch("/apps/shop", {"name": "store"})
    app = await api.get("/apps/store")
    assert commit in await project.git("ls-remote", app["git_url"], "main")
    assert "not found" in await project.git("ls-remote", "heroku", fails=True)

    await api.delete("/apps/store")
    assert repositories(settings) == []
    await api.app()
    assert await project.git("ls-remote", "heroku") == ""


async def test_an_app_destroyed_during_its_push(
    api: Api, project: Project, settings: Settings
) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    process = await building(api, project)

    await api.delete("/apps/shop")

    await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode != 0
    assert repositories(settings) == []


async def test_an_app_destroyed_before_its_push_is_handled(
    api: Api, project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    look = ObjectStore.kind

    async def destroyed(self: ObjectStore, name: str) -> str:
        await api.delete("/apps/shop")
        return await look(self, name)

    monkeypatch.setattr(ObjectStore, "kind", destroyed)

    output = await project.push("heroku", "main", fails=True)

    assert "!\tPush rejected, shop was destroyed meanwhile." in output
    assert caplog.text == ""


async def test_a_restart_keeps_pushed_commits(
    settings: Settings, backends: FakeBackends, api: Api, project: Project
) -> None:
    await api.app()
    commit = await project.commit(Procfile="web: serve")
    await project.push("heroku", "main")
    await api.heroku.__aexit__(None, None, None)
    (repository,) = repositories(settings)
    for left in (repository / "objects/tmp_objdir-incoming-1", settings.data / "git/1.draft"):
        left.mkdir()

    async with LocalHeroku(settings, backends.create), ClientSession():
        assert commit in await project.git("ls-remote", "heroku", "main")
        await project.commit()
        await project.push("heroku", "main")

    assert list((settings.data / "git").glob(QUARANTINE)) == []
    assert list((settings.data / "git").glob("*.draft")) == []


async def test_stopping_declines_a_push_that_is_being_built(
    api: Api, project: Project, settings: Settings, backends: FakeBackends
) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    process = await building(api, project)

    await api.heroku.__aexit__(None, None, None)

    await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode != 0
    backends.builder.gate.set()
    async with LocalHeroku(settings, backends.create):
        assert await project.git("ls-remote", "heroku") == ""
        await project.push("heroku", "main")
