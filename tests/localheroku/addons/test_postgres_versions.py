"""Servers of several versions of PostgreSQL beside each other: TLS, extensions and copies."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from localheroku import addons
from localheroku.addons import postgres as copies
from localheroku.addons.postgres import (
    Postgres,
    cluster,
    distribution,
    extensions,
    postmaster,
    versions,
)
from localheroku.core.addon_service import AddonRequest, ServiceFailed
from tests.localheroku.databases import rows

EVERY = versions.every()
OFFERED = ("16", "17", "18")
ROWS = "CREATE TABLE visits AS SELECT generate_series(1, 3) AS number"
COUNT = "SELECT count(*) FROM visits"


def request(version: str | None, name: str = "shop") -> AddonRequest:
    return AddonRequest(f"{name}-{version}", f"{name}-{version}", "standard-0", version)


@dataclass(frozen=True)
class World:
    """A database of each version in one folder."""

    folder: Path
    services: list[Postgres]
    """Kept until the servers have ended, which are children of this process."""
    urls: dict[str, str]

    def cluster(self, version: str) -> Path:
        return (versions.home(self.folder, version) / "cluster").resolve()

    async def empty(self, service: Postgres, version: str, name: str) -> str:
        """Return the URL of a new database beside the others."""
        return (await service.provision(request(version, name)))["URL"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data = tmp_path_factory.mktemp("versions")
    folder = data / addons.POSTGRES

    service = Postgres(folder)

    async def provision() -> dict[str, str]:
        made = await asyncio.gather(*(service.provision(request(each)) for each in EVERY))
        return {version: each["URL"] for version, each in zip(EVERY, made, strict=True)}

    world = World(folder, [service], asyncio.run(provision()))
    yield world
    for each in world.services:
        asyncio.run(each.close())
    addons.leave(data)


@pytest.fixture
def service(world: World) -> Postgres:
    """Return a service that finds the servers running, as after a crash."""
    world.services.append(Postgres(world.folder))
    return world.services[-1]


def psql(version: str, url: str, statement: str) -> str:
    """Return what `psql` prints that connects only with TLS."""
    parts = urlsplit(url)
    address = (
        f"host={parts.hostname} port={parts.port} user={parts.username}"
        f" password={parts.password} dbname={parts.path[1:]} sslmode=require"
    )
    program = distribution.obtain(version).programs / "psql"
    command = [str(program), "--no-psqlrc", "-At", "-c", statement, address]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("version", EVERY)
def test_psql_connects_to_each_version_with_tls(world: World, version: str) -> None:
    answer = psql(version, world.urls[version], "SHOW server_version")
    assert answer.startswith(f"{version}.")
    query = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    assert psql(version, world.urls[version], query) == "t|TLSv1.3"


@pytest.mark.parametrize("version", EVERY)
def test_a_connection_without_tls_is_refused_as_by_heroku(world: World, version: str) -> None:
    parts = urlsplit(world.urls[version])
    words = (
        f'no pg_hba.conf entry for host "127.0.0.1", user "{parts.username}", database'
        f' "{parts.path[1:]}", no encryption'
    )
    with pytest.raises(psycopg.OperationalError, match=words):
        psycopg.connect(world.urls[version], sslmode="disable")


@pytest.mark.parametrize("version", EVERY)
async def test_text_sorts_and_folds_the_same(world: World, version: str) -> None:
    query = "SELECT lower('ÄÉ'), 'B' < 'a', current_setting('server_encoding')"
    assert await rows(world.urls[version], query) == [("äé", True, "UTF8")]


@pytest.mark.parametrize("version", EVERY)
async def test_an_app_creates_the_extensions_that_heroku_has(world: World, version: str) -> None:
    found = distribution.obtain(version)
    shipped = {path.stem for path in (found.programs.parent / "share/extension").glob("*.control")}
    assert shipped == extensions.names()
    url = world.urls[version]
    names = [name for name in found.extensions if name != "plpgsql"]
    for name in names:
        await rows(url, f'CREATE EXTENSION "{name}" CASCADE')
    created = await rows(url, "SELECT extname FROM pg_extension ORDER BY 1")
    assert {name for (name,) in created} == {*names, "plpgsql"}
    assert await rows(url, "SELECT crypt('a', gen_salt('bf')) <> ''") == [(True,)]
    await check_uuids(url)
    await rows(url, "SELECT count(*) FROM pg_stat_statements")
    await rows(url, "CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw")
    (listed,) = await rows(url, "SHOW extwlist.extensions")
    assert str(listed[0]).split(",") == found.extensions
    for name in names:
        await rows(url, f'DROP EXTENSION IF EXISTS "{name}" CASCADE')


async def check_uuids(url: str) -> None:
    """Compare the functions of uuid-ossp, which are ours, with Python's."""
    for name in ("dns", "url", "oid", "x500"):
        space = getattr(uuid, f"NAMESPACE_{name.upper()}")
        query = "SELECT s, uuid_generate_v3(s, 'ä.example'), uuid_generate_v5(s, 'ä.example')"
        found = await rows(url, f"{query} FROM uuid_ns_{name}() AS s")
        assert found == [(space, uuid.uuid3(space, "ä.example"), uuid.uuid5(space, "ä.example"))]
    query = "SELECT uuid_nil(), uuid_generate_v1(), uuid_generate_v1mc(), uuid_generate_v4()"
    ((nil, *generated),) = await rows(url, query)
    assert nil == uuid.UUID(int=0)
    found_uuids = [each for each in generated if isinstance(each, uuid.UUID)]
    assert [each.version for each in found_uuids] == [1, 1, 4]
    assert {each.variant for each in found_uuids} == {uuid.RFC_4122}
    seconds = (found_uuids[0].time - 0x01B21DD213814000) / 10_000_000
    assert abs(seconds - time.time()) < 60
    assert found_uuids[1].node >> 40 & 1


@pytest.mark.parametrize("version", EVERY)
async def test_other_extensions_are_refused(world: World, version: str) -> None:
    missing = extensions.names() - set(distribution.obtain(version).extensions)
    assert {"postgis", "vector", "plv8"} <= missing
    for name in missing:
        with pytest.raises(psycopg.errors.FeatureNotSupported) as refusal:
            await rows(world.urls[version], f"CREATE EXTENSION {name}")
        assert refusal.value.diag.message_primary == f'extension "{name}" is not available'
        assert "local Heroku is built without" in str(refusal.value.diag.message_detail)
    with pytest.raises(psycopg.errors.Error, match="pageinspect"):
        await rows(world.urls[version], "CREATE EXTENSION pageinspect")


async def test_a_new_database_has_the_extensions_that_its_options_name(
    service: Postgres, world: World
) -> None:
    options = {"extensions": "pgcrypto, apart.hstore"}
    wanted = AddonRequest("extended", "extended", "standard-0", "17", options)
    url = (await service.provision(wanted))["URL"]
    query = "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
    assert ("apart",) in await rows(url, f"{query} WHERE extname = 'hstore'")
    unable = AddonRequest("unable", "unable", "standard-0", "17", {"extensions": "postgis"})
    with pytest.raises(ServiceFailed, match='"postgis" is not available; The PostgreSQL of'):
        await service.provision(unable)
    await service.deprovision("unable")
    with pytest.raises(ServiceFailed, match='"postgis" is not available'):
        await service.operations.reset("extended", ["postgis"])
    assert ("apart",) in await rows(url, f"{query} WHERE extname = 'hstore'")


@pytest.mark.parametrize(("old", "new"), [("14", "16"), ("16", "17"), ("17", "18"), ("18", "16")])
async def test_a_copy_to_another_version_has_no_warning(
    service: Postgres, world: World, tmp_path: Path, old: str, new: str
) -> None:
    source = await world.empty(service, old, f"to-{new}")
    target = await world.empty(service, new, f"from-{old}")
    await rows(source, "CREATE EXTENSION hstore; CREATE EXTENSION pgcrypto")
    await rows(source, ROWS)
    lines: list[str] = []
    archive = tmp_path / "archive"
    owner = f"from-{old}-{new}"

    await service.operations.fetch(owner, source, archive, lines.append)
    failed = await service.operations.restore(owner, archive, (), lines.append)

    assert failed == 0, lines
    assert not [line for line in lines if "error" in line or "warning" in line], lines
    assert await rows(target, COUNT) == [(3,)]
    assert (await service.operations.info(owner)).version.startswith(f"{new}.")


async def test_a_source_that_cannot_be_reached_is_an_error(
    service: Postgres, world: World, tmp_path: Path
) -> None:
    nowhere = urlsplit(world.urls["18"])._replace(netloc="u:p@127.0.0.1:9").geturl()
    with pytest.raises(ServiceFailed, match="Connection refused"):
        await service.operations.fetch("shop-18", nowhere, tmp_path / "archive", print)
    assert not (tmp_path / "archive").exists()


async def test_a_killed_server_comes_back_and_the_others_are_found(
    service: Postgres, world: World
) -> None:
    await rows(world.urls["17"], ROWS)
    before = {each: postmaster.find(world.cluster(each)) for each in OFFERED}
    killed = before["17"]
    assert killed
    children = killed.children()
    killed.kill()
    psutil.wait_procs(children, timeout=60)

    await service.start([request(each) for each in OFFERED])

    after = {each: postmaster.find(world.cluster(each)) for each in OFFERED}
    assert after["17"] != before["17"]
    assert [after[each] == before[each] for each in ("16", "18")] == [True, True]
    assert await rows(world.urls["17"], COUNT) == [(3,)]


async def test_a_server_with_other_settings_is_started_again(
    service: Postgres, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check what happens to the server of an earlier dynostack, which may not know TLS."""
    from localheroku.addons.postgres import server

    before = postmaster.find(world.cluster("16"))
    monkeypatch.setitem(server.SETTINGS, "shared_buffers", "16MB")
    await service.start([request("16")])
    assert postmaster.find(world.cluster("16")) != before
    assert await rows(world.urls["16"], "SHOW shared_buffers") == [("16MB",)]


async def test_a_certificate_is_renewed_before_it_ends(service: Postgres, world: World) -> None:
    file = world.cluster("16") / cluster.CERTIFICATE
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    os.utime(file, (0, 0))
    await service._servers.of_version("16").stop()  # noqa: SLF001
    await service.start([request("16")])
    assert file.read_bytes() != before
    assert await rows(world.urls["16"], "SELECT 1") == [(1,)]


async def test_an_unknown_version_is_an_error(service: Postgres) -> None:
    with pytest.raises(ServiceFailed, match="PostgreSQL 13 is unknown: use one of 14, 15, 16"):
        await service.provision(request("13"))


async def test_databases_of_an_earlier_dynostack_open_with_their_rows(tmp_path: Path) -> None:
    """Check a folder as it was when one server of version 18 had every database, without TLS."""
    folder = tmp_path / addons.POSTGRES
    service = Postgres(folder)
    url = (await service.provision(request("18")))["URL"]
    await rows(url, ROWS)
    await service.close()
    record = folder / "databases" / "shop-18.json"
    fields = json.loads(record.read_text())
    del fields["server_version"]
    record.write_text(json.dumps({**fields, "version": "17"}))
    place = (folder / "cluster").resolve()
    (place / cluster.CERTIFICATE).unlink()
    (place / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
    copies.save(folder, tmp_path / "snapshot")
    asked_for_17 = AddonRequest("shop-18", "shop-18", "standard-0", "17")

    after = Postgres(folder)
    await after.start([asked_for_17])
    assert (await after.provision(asked_for_17))["URL"] == url
    assert await rows(url, COUNT) == [(3,)]
    assert (await after.operations.info("shop-18")).version.startswith("18.")
    other = (await after.provision(request("17")))["URL"]
    await rows(other, ROWS)
    assert sorted(path.name for path in folder.glob("*/server.json")) == ["server.json"]
    await after.close()
    assert not [log for log in copies.log_files(folder)[-2:] if not log.exists()]
    copies.save(folder, tmp_path / "both")
    addons.leave(tmp_path)

    for snapshot in ("snapshot", "both"):
        data = tmp_path / f"loaded-{snapshot}"
        copies.load(tmp_path / snapshot, data / addons.POSTGRES)
        loaded = Postgres(data / addons.POSTGRES)
        await loaded.start([asked_for_17, *([request("17")] if snapshot == "both" else [])])
        assert await rows(url, COUNT) == [(3,)]
        if snapshot == "both":
            assert await rows(other, COUNT) == [(3,)]
        await loaded.close()
        addons.leave(data)


async def test_two_local_herokus_have_servers_of_their_own(world: World, tmp_path: Path) -> None:
    other = Postgres(tmp_path / addons.POSTGRES)
    url = (await other.provision(request("17")))["URL"]
    assert urlsplit(url).port != urlsplit(world.urls["17"]).port
    assert await rows(url, "SELECT 1") == await rows(world.urls["17"], "SELECT 1")
    await other.close()
    addons.leave(tmp_path)
    with pytest.raises(psycopg.OperationalError):
        await rows(url, "SELECT 1")
    assert await rows(world.urls["17"], "SELECT 1") == [(1,)]
