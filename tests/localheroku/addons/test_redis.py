"""Heroku Key-Value Store and Redis Cloud on real servers."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis as client_library
from redis import exceptions as errors
from redis.exceptions import AuthenticationError, OutOfMemoryError, ResponseError

from localheroku import addons
from localheroku.addons import lookup
from localheroku.addons.redis import KEY_VALUE_STORE, REDIS_CLOUD, Redis
from localheroku.addons.redis.server import StoreRecord
from localheroku.core.addon_service import AddonRequest, ServiceFailed

pytestmark = pytest.mark.long

MINI = AddonRequest("0a-shop", "redis-cubed-1", "mini", connection_limit=20, megabytes=25)
PREMIUM = AddonRequest("0b-blog", "redis-cubed-2", "premium-0", connection_limit=40, megabytes=50)


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    yield tmp_path / addons.KEY_VALUE_STORE
    addons.leave(tmp_path)


@pytest.fixture
async def redis(folder: Path) -> AsyncIterator[Redis]:
    service = Redis(folder, KEY_VALUE_STORE)
    yield service
    await service.close()


@asynccontextmanager
async def client(url: str, **options: Any) -> AsyncIterator[client_library.asyncio.Redis]:
    """Connect as Heroku's documentation says, without checking the certificate."""
    tls = {"ssl_cert_reqs": None} if url.startswith("rediss:") else {}
    opened = client_library.asyncio.Redis.from_url(url, decode_responses=True, **tls | options)
    try:
        yield opened
    finally:
        await opened.aclose()


async def answer(url: str, *words: str, **options: Any) -> Any:
    """Return the answer to one command, on a new connection."""
    async with client(url, **options) as opened:
        return await opened.execute_command(*words)  # type: ignore[no-untyped-call]


def process_of(folder: Path, addon_id: str) -> psutil.Process | None:
    return lookup.working_in(Redis.PROGRAMS, folder / addon_id)


def running(folder: Path, addon_id: str) -> psutil.Process:
    process = process_of(folder, addon_id)
    assert process
    return process


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_an_add_on_is_a_store_of_its_own_behind_tls(redis: Redis) -> None:
    shop, blog = [(await redis.provision(one))["URL"] for one in (MINI, PREMIUM)]
    assert re.fullmatch(r"rediss://:p[0-9a-f]{64}@127\.0\.0\.1:\d+", shop)

    assert await answer(shop, "SET", "key", "shop's") is True
    assert await answer(shop, "GET", "key") == "shop's"
    assert await answer(shop, "EVAL", "return redis.call('GET', 'key')", "0") == "shop's"
    assert await answer(blog, "GET", "key") is None
    large = "x" * (1 << 20)
    await answer(shop, "SET", "large", large)
    assert await answer(shop, "GET", "large") == large


async def test_clients_that_would_fail_on_heroku_fail_here(redis: Redis) -> None:
    url = (await redis.provision(MINI))["URL"]

    with pytest.raises(errors.ConnectionError) as failure:
        await answer(url, "PING", ssl_cert_reqs="required")
    assert isinstance(failure.value.__context__, ssl.SSLCertVerificationError)
    with pytest.raises(errors.ConnectionError):
        await answer(url.replace("rediss:", "redis:"), "PING")
    with pytest.raises(AuthenticationError):
        await answer(re.sub(":p[0-9a-f]+@", ":wrong@", url), "PING")
    with pytest.raises(ResponseError, match="unknown command 'CONFIG'"):
        await answer(url, "CONFIG", "GET", "maxmemory")


async def test_the_plan_limits_memory_and_connections(redis: Redis) -> None:
    url = (await redis.provision(MINI))["URL"]

    facts = await answer(url, "INFO")
    assert (facts["maxmemory"], facts["maxclients"]) == (25 << 20, 20)
    assert facts["maxmemory_policy"] == "noeviction"
    for number in range(20):
        await answer(url, "SET", str(number), "x" * (1 << 20))
    with pytest.raises(OutOfMemoryError):
        await answer(url, "SET", "one more", "x" * (6 << 20))

    async with AsyncExitStack() as stack:
        for _ in range(20):
            await (await stack.enter_async_context(client(url))).ping()
        with pytest.raises(errors.ConnectionError):
            await answer(url, "PING")
    assert await answer(url, "PING")


async def test_another_plan_keeps_address_and_data(redis: Redis) -> None:
    url = (await redis.provision(MINI))["URL"]
    await answer(url, "SET", "key", "kept")

    await redis.change_plan(replace(PREMIUM, addon_id=MINI.addon_id))

    facts = await answer(url, "INFO")
    assert (facts["maxmemory"], facts["maxclients"], facts["aof_enabled"]) == (50 << 20, 40, 1)
    assert await answer(url, "GET", "key") == "kept"
    await redis.close()
    await redis.start([MINI])
    assert await answer(url, "GET", "key") == "kept"


async def test_only_the_data_of_a_premium_plan_survives_a_restart(
    redis: Redis, folder: Path
) -> None:
    mini, premium = [(await redis.provision(one))["URL"] for one in (MINI, PREMIUM)]
    for url in (mini, premium):
        await answer(url, "SET", "key", "kept")
    await redis.close()
    assert process_of(folder, MINI.addon_id) is None

    after = Redis(folder, KEY_VALUE_STORE)
    await after.start([MINI, PREMIUM])

    assert [await answer(url, "GET", "key") for url in (mini, premium)] == [None, "kept"]
    assert await after.provision(MINI) == {"URL": mini}
    await after.close()


async def test_a_store_that_was_killed_is_started_again(redis: Redis, folder: Path) -> None:
    url = (await redis.provision(PREMIUM))["URL"]
    await answer(url, "SET", "key", "kept")
    process = running(folder, PREMIUM.addon_id)
    process.kill()
    process.wait()
    with pytest.raises(errors.ConnectionError):
        await answer(url, "PING")

    await redis.start([PREMIUM])

    assert await answer(url, "GET", "key") == "kept"


async def test_a_store_of_a_killed_local_heroku_is_found_again(redis: Redis, folder: Path) -> None:
    url = (await redis.provision(MINI))["URL"]
    await answer(url, "SET", "key", "kept")
    process = running(folder, MINI.addon_id)
    # What ends with the local Heroku, in contrast to the server.
    await redis._fronts.pop(MINI.addon_id).close()  # noqa: SLF001
    with pytest.raises(errors.ConnectionError):
        await answer(url, "PING")

    after = Redis(folder, KEY_VALUE_STORE)
    await after.start([MINI])

    assert await answer(url, "GET", "key") == "kept"
    assert running(folder, MINI.addon_id) == process
    await after.close()


async def test_settings_hold_at_once_and_after_a_restart(redis: Redis) -> None:
    url = (await redis.provision(MINI))["URL"]
    assert (await redis.info(MINI.addon_id)).settings == {
        "timeout": "300",
        "maxmemory-policy": "noeviction",
        "notify-keyspace-events": "",
    }
    await redis.set(MINI.addon_id, {"maxmemory-policy": "allkeys-lru", "timeout": "0"})
    for _ in range(2):
        assert (await answer(url, "INFO"))["maxmemory_policy"] == "allkeys-lru"
        await redis.close()
        await redis.start([MINI])

    with pytest.raises(ServiceFailed, match="Redis: CONFIG SET failed"):
        await redis.set(MINI.addon_id, {"timeout": "1", "maxmemory-policy": "oldest"})
    assert (await redis.info(MINI.addon_id)).settings["timeout"] == "0"


async def test_a_new_password_replaces_the_old_one(redis: Redis) -> None:
    old = (await redis.provision(MINI))["URL"]
    await answer(old, "SET", "key", "kept")

    new = await redis.rotate(MINI.addon_id)

    assert await redis.provision(MINI) == {"URL": new}
    assert await answer(new, "GET", "key") == "kept"
    with pytest.raises(AuthenticationError):
        await answer(old, "GET", "key")


async def test_redis_cloud_is_the_same_without_tls(tmp_path: Path) -> None:
    service = Redis(tmp_path / "rediscloud", REDIS_CLOUD)
    url = (await service.provision(replace(MINI, plan="30", megabytes=30)))["URL"]
    assert re.fullmatch(r"redis://default:p[0-9a-f]{64}@127\.0\.0\.1:\d+", url)
    assert (await answer(url, "INFO"))["maxmemory"] == 30 << 20
    with pytest.raises(AuthenticationError):
        await answer(re.sub(":p[0-9a-f]+@", ":wrong@", url), "PING")
    await service.close()
    addons.leave(tmp_path)


async def test_a_destroyed_add_on_leaves_nothing(redis: Redis, folder: Path) -> None:
    url = (await redis.provision(PREMIUM))["URL"]
    process = running(folder, PREMIUM.addon_id)

    for _ in range(2):
        await redis.deprovision(PREMIUM.addon_id)

    assert not process.is_running()
    assert names_in(folder) == ["localhost.pem"]
    with pytest.raises(errors.ConnectionError):
        await answer(url, "PING")


async def test_leaving_needs_no_records(redis: Redis, folder: Path, tmp_path: Path) -> None:
    await redis.provision(MINI)
    process = running(folder, MINI.addon_id)
    shutil.rmtree(folder)

    addons.leave(tmp_path)

    assert not process.is_running()


async def test_saved_files_are_those_of_a_server_again(
    redis: Redis, folder: Path, tmp_path: Path
) -> None:
    url = (await redis.provision(PREMIUM))["URL"]
    await answer(url, "SET", "key", "saved")
    await redis.close()
    addons.save(tmp_path, tmp_path / "copy")
    shutil.rmtree(folder)

    addons.load(tmp_path / "copy", tmp_path)

    await redis.start([PREMIUM])
    assert await answer(url, "GET", "key") == "saved"
    await answer(url, "SET", "key", "again")


@pytest.mark.parametrize("of_the_server", [True, False])
async def test_a_port_in_use_is_reported(redis: Redis, of_the_server: bool) -> None:
    await redis.provision(MINI)
    await redis.close()
    record: StoreRecord = redis._record(MINI.addon_id)  # noqa: SLF001
    port = record.server_port if of_the_server else record.port
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(ServiceFailed, match=f"another program uses its port {port}: end"),
    ):
        await redis.start([MINI])


async def test_only_this_machine_reaches_it(redis: Redis, folder: Path) -> None:
    await redis.provision(MINI)
    for process in (running(folder, MINI.addon_id), psutil.Process()):
        listening = [at for at in process.net_connections() if at.status == psutil.CONN_LISTEN]
        assert {at.laddr.ip for at in listening} == {"127.0.0.1"}


async def test_it_never_runs_as_root(redis: Redis, folder: Path) -> None:
    await redis.provision(PREMIUM)
    process = running(folder, PREMIUM.addon_id)
    assert process.uids().real != 0
    assert process.gids().real != 0


async def test_secrets_are_on_no_command_line_and_in_private_files(
    redis: Redis, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEROKU_API_KEY", "a-key")
    url = (await redis.provision(PREMIUM))["URL"]
    await answer(url, "SET", "key", "value")
    password = url[len("rediss://:") :].partition("@")[0]

    process = running(folder, PREMIUM.addon_id)
    assert process.cmdline()[1:] == ["-"]
    assert set(process.environ()) == {"PATH"}
    home = folder / PREMIUM.addon_id
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for path in (folder / f"{PREMIUM.addon_id}.json", folder / "localhost.pem", home / "log"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for path in home.rglob("*"):
        assert path.is_dir() or password.encode() not in path.read_bytes()
    assert "HEROKU_API_KEY" in os.environ
