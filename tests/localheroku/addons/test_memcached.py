"""MemCachier and Memcached Cloud on real memcached processes."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import bmemcached
import psutil
import pytest
from bmemcached.exceptions import MemcachedException

from localheroku import addons
from localheroku.addons import lookup
from localheroku.addons.memcached import Memcached, sasl
from localheroku.addons.memcached.server import CacheRecord
from localheroku.core.addon_service import AddonRequest, MissingProgram, ServiceFailed
from localheroku.core.programs import SYSTEM_FOLDERS, find

PROGRAMS = [find(name, SYSTEM_FOLDERS) for name in sasl.PROGRAMS]

pytestmark = pytest.mark.skipif(
    not all(PROGRAMS), reason="memcached and saslpasswd2 are not on this machine"
)

SHOP = AddonRequest("0a-shop", "memcachier-cubed-1", "100", megabytes=100)
BLOG = AddonRequest("0b-blog", "memcachier-cubed-2", "dev", megabytes=25)


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    yield tmp_path / "memcachier"
    addons.leave(tmp_path)


@pytest.fixture
async def memcached(folder: Path) -> AsyncIterator[Memcached]:
    service = Memcached(folder)
    yield service
    await service.close()


@contextmanager
def client(config: dict[str, str], **other: str) -> Iterator[Any]:
    options = {"username": config["USERNAME"], "password": config["PASSWORD"]} | other
    opened = bmemcached.Client((config["SERVERS"],), **options)
    try:
        yield opened
    finally:
        opened.disconnect_all()


def put(config: dict[str, str], value: str) -> bool:
    with client(config) as opened:
        return bool(opened.set("key", value))


def found(config: dict[str, str], **other: str) -> str | None:
    with client(config, **other) as opened:
        value: str | None = opened.get("key")
        return value


def process_of(folder: Path, addon_id: str) -> psutil.Process | None:
    return lookup.working_in(Memcached.PROGRAMS, folder / addon_id)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_an_add_on_is_a_cache_of_its_own(memcached: Memcached, folder: Path) -> None:
    shop, blog = [await memcached.provision(request) for request in (SHOP, BLOG)]
    assert re.fullmatch(r"127\.0\.0\.1:\d+", shop["SERVERS"])
    assert re.fullmatch(r"[0-9A-F]{6}", shop["USERNAME"])
    assert re.fullmatch(r"[0-9A-F]{32}", shop["PASSWORD"])
    put(shop, "shop's")
    assert found(shop) == "shop's"
    assert found(blog) is None
    process = process_of(folder, SHOP.addon_id)
    assert process is not None
    assert "-m 100 " in " ".join(process.cmdline())


async def test_provisioning_again_changes_nothing(memcached: Memcached) -> None:
    first = await memcached.provision(SHOP)
    put(first, "kept")
    assert await memcached.provision(SHOP) == first
    assert found(first) == "kept"


async def test_a_wrong_password_is_rejected_by_memcached(memcached: Memcached) -> None:
    shop, blog = [await memcached.provision(request) for request in (SHOP, BLOG)]
    for other in ({"password": "wrong"}, {"username": blog["USERNAME"]}):
        with pytest.raises(MemcachedException, match="Auth failure"):
            found(shop, **other)
    host, _, port = shop["SERVERS"].partition(":")
    with socket.create_connection((host, int(port)), 0.3) as plain:
        plain.sendall(b"version\r\n")
        with pytest.raises(TimeoutError):
            plain.recv(100)


async def test_only_this_machine_reaches_it(memcached: Memcached, folder: Path) -> None:
    await memcached.provision(SHOP)
    process = process_of(folder, SHOP.addon_id)
    assert process is not None
    listening = [at for at in process.net_connections() if at.status == psutil.CONN_LISTEN]
    assert {at.laddr.ip for at in listening} == {"127.0.0.1"}


async def test_it_never_runs_as_root(memcached: Memcached, folder: Path) -> None:
    await memcached.provision(SHOP)
    process = process_of(folder, SHOP.addon_id)
    assert process is not None
    assert process.uids().real != 0
    assert process.gids().real != 0


async def test_another_plan_keeps_address_and_credentials(
    memcached: Memcached, folder: Path
) -> None:
    config = await memcached.provision(SHOP)
    await memcached.change_plan(replace(SHOP, plan="250", megabytes=250))
    assert await memcached.provision(SHOP) == config
    process = process_of(folder, SHOP.addon_id)
    assert process is not None
    assert "-m 250 " in " ".join(process.cmdline())
    assert put(config, "value")


async def test_a_plan_of_the_same_size_keeps_the_items(memcached: Memcached) -> None:
    config = await memcached.provision(SHOP)
    put(config, "kept")
    await memcached.change_plan(replace(SHOP, plan="same-size"))
    assert found(config) == "kept"


async def test_a_destroyed_add_on_leaves_nothing(memcached: Memcached, folder: Path) -> None:
    config = await memcached.provision(SHOP)
    process = process_of(folder, SHOP.addon_id)
    await memcached.deprovision(SHOP.addon_id)
    await memcached.deprovision(SHOP.addon_id)
    assert process is not None
    assert not process.is_running()
    assert names_in(folder) == []
    assert found(config) is None


async def test_credentials_survive_a_restart(memcached: Memcached, folder: Path) -> None:
    config = await memcached.provision(SHOP)
    await memcached.close()
    assert process_of(folder, SHOP.addon_id) is None
    after = Memcached(folder)
    await after.start([SHOP])
    assert put(config, "value")
    assert await after.provision(SHOP) == config
    await after.close()


async def test_a_cache_that_runs_on_is_found_again(memcached: Memcached, folder: Path) -> None:
    config = await memcached.provision(SHOP)
    put(config, "kept")
    after = Memcached(folder)
    await after.start([SHOP])
    assert found(config) == "kept"


async def test_a_cache_that_was_killed_is_started_again(memcached: Memcached, folder: Path) -> None:
    config = await memcached.provision(SHOP)
    process = process_of(folder, SHOP.addon_id)
    assert process is not None
    process.kill()
    process.wait()
    assert await memcached.provision(SHOP) == config
    assert put(config, "value")


async def test_leaving_stops_the_leftovers_of_a_killed_local_heroku(
    memcached: Memcached, folder: Path, tmp_path: Path
) -> None:
    await memcached.provision(SHOP)
    process = process_of(folder, SHOP.addon_id)
    addons.leave(tmp_path)
    assert process is not None
    assert not process.is_running()


async def test_leaving_needs_no_records(memcached: Memcached, folder: Path, tmp_path: Path) -> None:
    await memcached.provision(SHOP)
    process = process_of(folder, SHOP.addon_id)
    shutil.rmtree(folder)
    addons.leave(tmp_path)
    assert process is not None
    assert not process.is_running()


async def test_a_cache_of_a_local_heroku_that_was_killed_while_it_started_it_is_found(
    memcached: Memcached, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = Memcached._launch  # noqa: SLF001

    async def killed(self: Memcached, cache: CacheRecord, its_folder: Path) -> psutil.Process:
        await launch(self, cache, its_folder)
        raise RuntimeError

    monkeypatch.setattr(Memcached, "_launch", killed)
    with pytest.raises(RuntimeError):
        await memcached.provision(SHOP)
    monkeypatch.undo()
    process = process_of(folder, SHOP.addon_id)
    assert process is not None
    after = Memcached(folder)
    await after.deprovision(SHOP.addon_id)
    assert not process.is_running()


async def test_the_cache_of_another_local_heroku_is_not_touched(
    memcached: Memcached, folder: Path, tmp_path: Path
) -> None:
    await memcached.provision(SHOP)
    await Memcached(tmp_path / "other").deprovision(SHOP.addon_id)
    assert process_of(folder, SHOP.addon_id) is not None


async def test_starting_does_not_restore_an_add_on_destroyed_meanwhile(
    memcached: Memcached, folder: Path
) -> None:
    await memcached.provision(SHOP)
    await memcached.deprovision(SHOP.addon_id)
    await memcached.start([SHOP])
    assert process_of(folder, SHOP.addon_id) is None


async def test_a_port_in_use_is_reported(memcached: Memcached, folder: Path) -> None:
    config = await memcached.provision(SHOP)
    await memcached.close()
    taken = socket.create_server(("127.0.0.1", int(config["SERVERS"].partition(":")[2])))
    with taken, pytest.raises(ServiceFailed, match="Address already in use"):
        await memcached.start([SHOP])


async def test_a_missing_program_is_named_with_the_way_to_get_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sasl, "SYSTEM_FOLDERS", ("/nowhere-else",))
    with pytest.raises(MissingProgram, match="saslpasswd2 is not installed: install it with"):
        await Memcached(folder).provision(SHOP)


async def test_secrets_are_on_no_command_line_and_in_private_files(
    memcached: Memcached, folder: Path
) -> None:
    config = await memcached.provision(SHOP)
    process = process_of(folder, SHOP.addon_id)
    assert process is not None
    assert config["PASSWORD"] not in " ".join(process.cmdline())
    for path in (folder / f"{SHOP.addon_id}.json", folder / SHOP.addon_id / "sasldb2"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / SHOP.addon_id).stat().st_mode) == 0o700
    assert config["PASSWORD"] not in (folder / SHOP.addon_id / "log").read_text()


async def test_nothing_of_the_developers_environment_reaches_it(
    memcached: Memcached, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEROKU_API_KEY", "a-key")
    await memcached.provision(SHOP)
    process = process_of(folder, SHOP.addon_id)
    assert process is not None
    assert set(process.environ()) == {"PATH", "SASL_CONF_PATH"}
    assert "HEROKU_API_KEY" in os.environ
