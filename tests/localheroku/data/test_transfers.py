"""Backups, restores and copies."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from localheroku.api.data.transfers import models
from localheroku.app import LocalHeroku
from localheroku.core.state import Settings
from localheroku.workflows import database_transfers
from localheroku.workflows.database_transfers import DatabaseTransfers
from tests.localheroku.client import Api
from tests.localheroku.databases import DatabaseBackends, contents, rows

pytestmark = pytest.mark.e2e

VISITS = "CREATE TABLE visits AS SELECT generate_series(1, 3) AS number"
COUNT = "SELECT count(*) FROM visits"
TRANSFERS = "/apps/shop/transfers"


async def database(api: Api, app: str = "shop") -> tuple[str, str]:
    """Create an app's database with three rows; return its path in the data API, and its URL."""
    await api.app(app)
    addon = await api.addon("heroku-postgresql:essential-0", app)
    config = await api.get(f"/apps/{app}/config-vars")
    await rows(config["DATABASE_URL"], VISITS)
    return f"/client/v11/databases/{addon['id']}", config["DATABASE_URL"]


def transfers(app: str = "shop") -> str:
    return f"/client/v11/apps/{app}/transfers"


async def finished(api: Api, transfer: Any) -> Any:
    """Return the transfer once it has ended."""
    for _ in range(600):
        found = await api.get(f"{transfers()}/{transfer['uuid']}?verbose=true")
        if found["finished_at"]:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{transfer} goes on")


async def captured(api: Api, path: str) -> Any:
    return await finished(api, await api.post(f"{path}/backups"))


async def download(api: Api, backup: Any) -> bytes:
    """Download a backup over HTTPS, trusting the certificate as Node.js does in the local world."""
    shared = await api.post(f"{transfers()}/{backup['num']}/actions/public-url")
    settings = api.heroku.platform.settings
    trusted = ssl.create_default_context(cafile=str(settings.data / "localhost.pem"))
    async with api.session.get(shared["url"], ssl=trusted) as response:
        assert response.status == 200
        return await response.read()


async def test_a_backup_is_a_pg_dump_archive(api: Api, tmp_path: Path) -> None:
    path, _ = await database(api)

    backup = await captured(api, path)

    assert backup["succeeded"]
    assert (backup["num"], backup["from_name"]) == (1, "DATABASE")
    assert 'dumping contents of table "public.visits"' in {m["message"] for m in backup["logs"]}
    archive = tmp_path / "latest.dump"
    archive.write_bytes(await download(api, backup))
    assert archive.stat().st_size == backup["processed_bytes"]
    assert "TABLE DATA public visits" in contents(archive)
    del backup["logs"]
    assert await api.get(transfers()) == [backup]
    assert (await captured(api, path))["num"] == 2


async def test_a_restore_replaces_all_contents(api: Api) -> None:
    path, url = await database(api)
    backup = await captured(api, path)
    await rows(url, "DELETE FROM visits")
    await rows(url, "CREATE TABLE later AS SELECT 1 AS number")

    body = {"backup_url": backup["to_url"], "extensions": ["hstore"]}
    restore = await finished(api, await api.post(f"{path}/restores", body))

    assert restore["succeeded"]
    assert await rows(url, COUNT) == [(3,)]
    assert await rows(url, "SELECT to_regclass('later')") == [(None,)]
    assert await rows(url, "SELECT count(*) FROM pg_extension WHERE extname = 'hstore'") == [(1,)]


@pytest.mark.parametrize("secure", [True, False])
async def test_a_restore_takes_any_address(api: Api, secure: bool) -> None:
    path, url = await database(api)
    backup = await captured(api, path)
    shared = await api.post(f"{transfers()}/{backup['uuid']}/actions/public-url")
    plain = f"{api.url}{urlsplit(shared['url'])._replace(scheme='', netloc='').geturl()}"
    address = shared["url"] if secure else plain
    await rows(url, "DROP TABLE visits")

    restore = await finished(api, await api.post(f"{path}/restores", {"backup_url": address}))

    assert restore["succeeded"], restore
    assert await rows(url, COUNT) == [(3,)]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/account", "error: the backup cannot be downloaded: its URL answered 401"),
        ("/streams/nothing", "error: the backup cannot be downloaded: its URL answered 404"),
        (
            ":1/unreachable",
            "error: the backup cannot be downloaded: the connection to its URL failed",
        ),
    ],
)
async def test_a_restore_that_fails_changes_nothing(api: Api, address: str, reason: str) -> None:
    path, url = await database(api)
    body = {"backup_url": f"http://127.0.0.1{address}" if ":1/" in address else api.url + address}

    restore = await finished(api, await api.post(f"{path}/restores", body))

    assert restore["succeeded"] is False
    assert restore["logs"][-1]["message"] == reason
    assert await rows(url, COUNT) == [(3,)]


async def test_an_invalid_backup_changes_nothing(api: Api) -> None:
    path, url = await database(api)
    upload = await api.upload("web: true")

    restore = await finished(api, await api.post(f"{path}/restores", {"backup_url": upload}))

    assert restore["succeeded"] is False
    assert "archive" in restore["logs"][-1]["message"]
    assert await rows(url, COUNT) == [(3,)]
    assert (await api.refusal("POST", f"{path}/restores", {"backup_url": "file:///etc"}))[0] == 422


async def test_statements_that_fail_are_warnings(api: Api) -> None:
    path, url = await database(api)
    await rows(url, "CREATE SCHEMA apart; CREATE EXTENSION citext WITH SCHEMA apart")
    await rows(url, "CREATE TABLE apart.words (word apart.citext)")
    backup = await captured(api, path)

    body = {"backup_url": backup["to_url"], "extensions": ["apart.citext"]}
    restore = await finished(api, await api.post(f"{path}/restores", body))

    assert restore["succeeded"]
    assert restore["warnings"] == 1
    assert "errors ignored on restore: 1" in restore["logs"][-1]["message"]


async def test_a_copy_replaces_the_contents_of_the_target(api: Api) -> None:
    _, source = await database(api)
    path, target = await database(api, "stall")
    await rows(target, "DROP TABLE visits; CREATE TABLE older AS SELECT 1 AS number")
    names = {"from_name": "SHOP", "to_name": "STALL"}

    copy = await api.post(f"{path}/transfers", {**names, "from_url": source, "to_url": target})

    assert (await api.get(f"{transfers('stall')}/{copy['num']}"))["from_type"] == "pg_dump"
    for _ in range(600):
        if (await api.get(f"{transfers('stall')}/{copy['num']}"))["succeeded"]:
            break
        await asyncio.sleep(0.05)
    assert await rows(target, COUNT) == [(3,)]
    assert await rows(target, "SELECT to_regclass('older')") == [(None,)]
    elsewhere = {**names, "from_url": target, "to_url": source}
    assert "is not database" in (await api.refusal("POST", f"{path}/transfers", elsewhere))[2]
    unknown = {**names, "from_url": "mysql://host/db", "to_url": target}
    assert (await api.refusal("POST", f"{path}/transfers", unknown))[0] == 422


async def test_a_transfer_is_canceled_and_deleted(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_transfers, "SHORT_TRANSFER_SECONDS", 0.05)
    path, _ = await database(api)
    api.heroku.platform.provisioning.set("transfer", 60.0)

    pending = await api.post(f"{path}/backups")

    one = f"{transfers()}/{pending['num']}"
    assert (pending["started_at"], pending["finished_at"]) == (None, None)
    assert (await api.refusal("POST", f"{one}/actions/public-url"))[0] == 422
    canceled = await api.post(f"{one}/actions/cancel")
    assert canceled["canceled_at"]
    assert (canceled["succeeded"], canceled["processed_bytes"]) == (False, 0)
    assert (await api.refusal("POST", f"{one}/actions/cancel"))[2].endswith("already finished.")
    await api.delete(one)
    assert await api.get(transfers()) == []
    assert (await api.refusal("GET", one))[0] == 404
    api.heroku.platform.provisioning.set("transfer", 0.0)
    assert (await captured(api, path))["num"] == 2


async def test_a_transfer_that_a_crash_cut_off_has_failed(api: Api) -> None:
    path, _ = await database(api)
    backup = await captured(api, path)
    platform = api.heroku.platform
    addon = models.addon_of(platform, models.find(platform, *_named(api, backup)))
    cut_off = models.add(platform, addon, models.BACKUP, "DATABASE", "BACKUP")
    models.file(platform, cut_off).write_text("half of it")

    DatabaseTransfers(platform).end_interrupted()

    assert [t["succeeded"] for t in await api.get(transfers())] == [True, False]
    assert not models.file(platform, cut_off).exists()
    answer = await api.get(f"{transfers()}/{cut_off.id}?verbose=true")
    assert [line["message"] for line in answer["logs"]] == ["error: the transfer was interrupted"]


def _named(api: Api, backup: Any) -> Any:
    from localheroku.api.apps import models as apps

    return apps.find(api.heroku.platform, "shop"), backup["uuid"]


async def test_a_backup_outlives_a_restart(settings: Settings, backends: DatabaseBackends) -> None:
    async with running(settings, backends) as api:
        path, _ = await database(api)
        backup = await captured(api, path)
        archive = await download(api, backup)

    async with running(settings, backends) as api:
        del backup["logs"]
        assert await api.get(transfers()) == [backup]
        assert await download(api, backup) == archive


@asynccontextmanager
async def running(settings: Settings, backends: DatabaseBackends) -> AsyncIterator[Api]:
    async with LocalHeroku(settings, backends.create) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        yield Api(settings.url, key, session, heroku, backends)


async def test_a_backup_is_removed_with_its_add_on(api: Api) -> None:
    path, _ = await database(api)
    backup = await captured(api, path)
    platform = api.heroku.platform
    file = models.file(platform, models.find(platform, *_named(api, backup)))
    assert file.is_file()

    await api.delete(f"/apps/shop/addons/{path.rpartition('/')[2]}")

    assert await api.get(transfers()) == []
    assert not file.parent.exists()


async def test_an_archive_can_be_downloaded_for_an_hour(api: Api) -> None:
    path, _ = await database(api)
    backup = await captured(api, path)
    platform = api.heroku.platform
    key = platform.transfers.grant_download(models.find(platform, *_named(api, backup)))
    statuses = []

    for minutes in (59, 61):
        platform.clock.move(timedelta(minutes=minutes))
        async with api.session.get(f"{api.url}/streams/backup?key={key}") as response:
            statuses.append(response.status)

    assert statuses == [200, 404]


async def test_secrets_are_in_no_command_line_and_no_log(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, url = await database(api)
    password = urlsplit(url).password
    assert password
    seen: list[str] = []
    run = asyncio.create_subprocess_exec

    async def watched(*words: Any, **surroundings: Any) -> Any:
        seen.append(" ".join(str(word) for word in words))
        return await run(*words, **surroundings)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)

    backup = await captured(api, path)
    await finished(api, await api.post(f"{path}/restores", {"backup_url": backup["to_url"]}))
    await download(api, backup)

    assert any("pg_dump" in line for line in seen)
    data = api.heroku.platform.settings.data
    lines = [*seen, json.dumps(backup), (data / "requests.jsonl").read_text()]
    assert not [text for text in lines if password in text or "?key=" in text]
