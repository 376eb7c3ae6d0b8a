"""Heroku Postgres on a real PostgreSQL server."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from localheroku import addons
from localheroku.addons.postgres import Postgres, installation, postmaster
from localheroku.core.addon_service import AddonRequest, ServiceFailed
from tests.localheroku.dynos.slugs import until

pytestmark = pytest.mark.long

SHOP = AddonRequest("0a-shop", "postgresql-round-1", "standard-0", "18", connection_limit=2)
BLOG = AddonRequest("0b-blog", "postgresql-round-2", "essential-0", connection_limit=20)


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    yield tmp_path / addons.POSTGRES
    addons.leave(tmp_path)


@pytest.fixture
async def postgres(folder: Path) -> AsyncIterator[Postgres]:
    service = Postgres(folder)
    yield service
    await service.close()


def ask(url: str, query: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return str(row[0]) if row else ""


def run(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())


def exists(path: Path) -> bool:
    return path.exists()


async def test_an_add_on_is_a_database_of_its_own(postgres: Postgres) -> None:
    url = (await postgres.provision(SHOP))["URL"]
    parts = urlsplit(url)
    assert parts.scheme == "postgres"
    assert parts.hostname == "127.0.0.1"
    assert re.fullmatch(r"/d[a-z0-9]{13}", parts.path)
    assert re.fullmatch(r"u[a-z0-9]{13}", parts.username or "")
    assert ask(url, "SHOW server_version").startswith("18.")
    assert ask(url, "SHOW server_encoding") == "UTF8"
    assert ask(url, "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = user") == "False"
    run(url, "CREATE TABLE visit (id serial PRIMARY KEY)")
    run(url, "CREATE EXTENSION pg_trgm")


async def test_provisioning_again_changes_nothing(postgres: Postgres) -> None:
    first = await postgres.provision(SHOP)
    assert await postgres.provision(SHOP) == first


async def test_an_add_on_cannot_connect_to_the_database_of_another(postgres: Postgres) -> None:
    shop, blog = [(await postgres.provision(request))["URL"] for request in (SHOP, BLOG)]
    for database in (urlsplit(blog).path, "/postgres", "/template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            ask(urlsplit(shop)._replace(path=database).geturl(), "SELECT 1")


async def test_a_wrong_password_is_refused(postgres: Postgres) -> None:
    parts = urlsplit((await postgres.provision(SHOP))["URL"])
    wrong = parts._replace(netloc=f"{parts.username}:wrong@127.0.0.1:{parts.port}").geturl()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(wrong, "SELECT 1")


async def test_the_plans_connection_limit_holds_and_follows_the_plan(postgres: Postgres) -> None:
    url = (await postgres.provision(SHOP))["URL"]
    run(url, "CREATE TABLE kept ()")
    with psycopg.connect(url), psycopg.connect(url):
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            psycopg.connect(url)
        await postgres.change_plan(replace(SHOP, plan="standard-2", connection_limit=3))
        psycopg.connect(url).close()
    assert ask(url, "SELECT count(*) FROM kept") == "0"


async def test_a_destroyed_add_on_leaves_nothing(postgres: Postgres) -> None:
    shop, blog = [(await postgres.provision(request))["URL"] for request in (SHOP, BLOG)]
    busy = psycopg.connect(shop)
    await postgres.deprovision(SHOP.addon_id)
    await postgres.deprovision(SHOP.addon_id)
    with pytest.raises(psycopg.OperationalError):
        busy.execute("SELECT 1")
    busy.close()
    with pytest.raises(psycopg.OperationalError):
        ask(shop, "SELECT 1")
    parts = urlsplit(shop)
    for catalogue, column, name in (
        ("pg_database", "datname", parts.path[1:]),
        ("pg_roles", "rolname", parts.username),
    ):
        query = f"SELECT count(*) FROM {catalogue} WHERE {column} = '{name}'"  # noqa: S608
        assert ask(blog, query) == "0"


async def test_credentials_and_data_survive_a_restart(postgres: Postgres, folder: Path) -> None:
    url = (await postgres.provision(SHOP))["URL"]
    run(url, "CREATE TABLE kept AS SELECT 7 AS number")
    await postgres.close()
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")
    after = Postgres(folder)
    await after.start([SHOP])
    assert ask(url, "SELECT number FROM kept") == "7"
    assert (await after.provision(SHOP))["URL"] == url
    await after.close()


async def test_a_server_that_runs_on_is_found_again(postgres: Postgres, folder: Path) -> None:
    url = (await postgres.provision(SHOP))["URL"]
    process = postmaster.find((folder / "cluster").resolve())
    after = Postgres(folder)
    await after.start([SHOP])
    assert postmaster.find((folder / "cluster").resolve()) == process
    assert ask(url, "SELECT 1") == "1"
    await after.close()
    assert process is not None
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


async def test_a_leftover_initdb_is_ended_and_the_cluster_created_again(
    postgres: Postgres, folder: Path
) -> None:
    place = installation.prepare(folder, "18")
    user = {"user": place.user.uid, "group": place.user.gid} if place.user else {}
    with subprocess.Popen(  # noqa: ASYNC220 - it is on its way at once
        [place.programs / "initdb", "-D", place.cluster, "--username=left"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
        env={"LC_ALL": "C"},
        **user,  # type: ignore[call-overload] # it is one of these calls
    ) as left:
        while not list(place.cluster.iterdir()):
            assert left.poll() is None
        url = (await postgres.provision(SHOP))["URL"]
    assert ask(url, "SELECT 1") == "1"


async def test_a_server_that_was_killed_is_started_again(postgres: Postgres, folder: Path) -> None:
    url = (await postgres.provision(SHOP))["URL"]
    process = postmaster.find((folder / "cluster").resolve())
    assert process is not None
    children = process.children()
    process.kill()
    psutil.wait_procs(children, timeout=60)
    assert (await postgres.provision(SHOP))["URL"] == url
    assert ask(url, "SELECT 1") == "1"


async def test_no_add_on_no_server(postgres: Postgres, folder: Path) -> None:
    await postgres.start([])
    await postgres.deprovision("unknown")
    assert not exists(folder)


async def test_an_incomplete_cluster_is_created_again(folder: Path) -> None:
    cluster = installation.prepare(folder, "18").cluster
    (cluster / "base").mkdir()
    (cluster / "PG_VERSION").write_text("18\n")
    service = Postgres(folder)
    assert ask((await service.provision(SHOP))["URL"], "SELECT 1") == "1"
    await service.close()


async def test_databases_of_an_older_postgresql_are_not_touched(folder: Path) -> None:
    service = Postgres(folder)
    await service.start([SHOP])
    await service.close()
    version = (folder / "cluster").resolve() / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(ServiceFailed, match="were created by PostgreSQL 17, but PostgreSQL 18"):
        await service.start([SHOP])
    version.write_text("18\n")


async def test_a_server_that_cannot_start_says_why(postgres: Postgres, folder: Path) -> None:
    await postgres.start([SHOP])
    await postgres.close()
    (folder / "cluster" / "postgresql.conf").write_text("nonsense\n")
    with pytest.raises(ServiceFailed, match=r"PostgreSQL did not start: .*FATAL"):
        await postgres.start([SHOP])


async def test_secrets_are_in_no_log_and_on_no_command_line(
    postgres: Postgres, folder: Path
) -> None:
    url = (await postgres.provision(SHOP))["URL"]
    password = urlsplit(url).password or ""
    with psycopg.connect(url) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT nonsense")
    admin = (folder / "server.json").read_text()
    process = postmaster.find((folder / "cluster").resolve())
    assert process is not None
    text = " ".join(process.cmdline()) + (folder / "server.log").read_text()
    assert "nonsense" in text
    assert password not in text
    assert not [word for word in re.findall(r"[0-9a-f]{64}", admin) if word in text]
    files = ("server.json", "server.log", f"databases/{SHOP.addon_id}.json")
    for path in (folder / file for file in files):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for path in (folder, (folder / "cluster").resolve()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


if os.geteuid() == 0:

    async def test_roots_server_runs_as_another_user(postgres: Postgres, folder: Path) -> None:
        await postgres.start([SHOP])
        process = postmaster.find((folder / "cluster").resolve())
        assert process is not None
        assert process.username() in installation.SERVER_USERS
        assert (folder / "cluster").is_symlink()

    async def test_the_database_of_a_removed_world_is_stopped_and_later_removed(
        postgres: Postgres, folder: Path, tmp_path: Path
    ) -> None:
        await postgres.start([SHOP])
        link = folder / "cluster"
        cluster = link.readlink()
        link.unlink()
        other = tmp_path / "other"
        installation.prepare(other, "18")
        assert postmaster.find(cluster) is None
        assert cluster.exists()
        os.utime(cluster, (0, 0))
        installation.prepare(other, "18")
        # Another test may be removing the same files.
        await until(lambda: not cluster.exists())
        installation.leave(other)

    def test_a_world_that_was_moved_keeps_its_database(tmp_path: Path) -> None:
        before = installation.prepare(tmp_path / "before", "18").cluster
        (tmp_path / "before").rename(tmp_path / "after")
        assert installation.prepare(tmp_path / "after", "18").cluster == before
        assert (before.parent / installation.ORIGIN).read_text() == str(
            tmp_path / "after" / "cluster"
        )
        installation.leave(tmp_path / "after")
        assert not before.exists()


async def test_leaving_stops_the_leftovers_of_a_killed_local_heroku(
    folder: Path, tmp_path: Path
) -> None:
    service = Postgres(folder)
    await service.start([SHOP])
    cluster = (folder / "cluster").resolve()
    addons.leave(tmp_path)
    assert postmaster.find(cluster) is None
    await service.close()


async def test_leaving_needs_no_pid_file(folder: Path, tmp_path: Path) -> None:
    service = Postgres(folder)
    await service.start([SHOP])
    cluster = (folder / "cluster").resolve()
    (cluster / "postmaster.pid").write_text("damaged\n")
    (folder / "server.json").write_text("damaged")
    addons.leave(tmp_path)
    assert postmaster.find(cluster) is None
    await service.close()


async def test_the_error_of_damaged_settings_says_how_to_recover(folder: Path) -> None:
    service = Postgres(folder)
    await service.start([SHOP])
    await service.close()
    (folder / "server.json").write_text("damaged")
    with pytest.raises(
        ServiceFailed, match=r"server\.json is damaged: run `dynostack local reset` to start over"
    ):
        await service.start([SHOP])


def test_ending_a_server_that_has_ended_is_not_an_error() -> None:
    child = psutil.Popen(["sleep", "60"])
    child.send_signal(signal.SIGKILL)
    child.wait()
    postmaster.end(child)


async def test_a_pid_file_with_the_id_of_another_process_is_ignored(
    postgres: Postgres, folder: Path
) -> None:
    url = (await postgres.provision(SHOP))["URL"]
    await postgres.close()
    place = installation.prepare(folder, "18")
    user = {"user": place.user.uid, "group": place.user.gid} if place.user else {}
    with subprocess.Popen(["sleep", "600"], cwd="/", **user) as other:  # type: ignore[call-overload] # noqa: ASYNC220
        try:
            note = place.cluster / "postmaster.pid"
            note.write_text(
                f"{other.pid}\n{place.cluster}\n1790000000\n1\n\n127.0.0.1\n0 0\nready\n"
            )
            place.hand_over(note)
            await postgres.start([SHOP])
            assert ask(url, "SELECT 1") == "1"
        finally:
            other.kill()


async def test_the_pid_file_of_a_running_server_stays(postgres: Postgres, folder: Path) -> None:
    await postgres.start([SHOP])
    cluster = (folder / "cluster").resolve()
    before = postmaster.note(cluster)
    postmaster.forget(cluster)
    assert postmaster.note(cluster) == before
    await postgres.close()
    (cluster / "postmaster.pid").write_text("damaged\n")
    postmaster.forget(cluster)
    assert postmaster.note(cluster) == []
