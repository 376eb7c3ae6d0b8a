"""Tests of files that were damaged while nothing ran: the error message and the repair."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dynostack.local.server import ServerProcess
from tests import warm
from tests.worlds import server_in

pytestmark = pytest.mark.long

PAGE = 4096
OWNED = (
    "slugs/0a1b/app",
    "heroku-postgresql/databases/0a1b.json",
    "memcachier/0a1b.json",
)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProcess]:
    """Start a local Heroku with one app, and stop it after the test."""
    monkeypatch.chdir(tmp_path)
    server = server_in(tmp_path)
    server.start()
    server.post("/apps", {"name": "acme-shop"})
    yield server
    server.leave()


def local(*words: str) -> tuple[int, str]:
    """Run `dynostack local` and return its exit code and output."""
    done = subprocess.run(
        [warm.dynostack(), "local", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


def works(*words: str) -> None:
    status, said = local(*words)
    assert status == 0, said


def fails(*words: str) -> str:
    """Run a command that must fail, and return the one line that it prints."""
    status, said = local(*words)
    assert status == 1
    assert "\n" not in said
    return said


def damage(store: Path) -> None:
    """Overwrite all pages but the first, so that the file can still be opened."""
    pages = store.read_bytes()
    assert len(pages) > 2 * PAGE
    store.write_bytes(pages[:PAGE] + b"\xa5" * (len(pages) - PAGE))


def test_a_damaged_store_is_replaced_with_a_reset_and_a_snapshot(server: ServerProcess) -> None:
    works("snapshot", "good")
    server.delete("/apps/acme-shop")
    server.stop()
    damage(server.data / "heroku.sqlite3")

    said = fails("start")

    assert "heroku.sqlite3: database disk image is malformed; run `dynostack local reset`" in said
    assert said.endswith(
        "run `dynostack local reset` to start over without the existing apps, databases and "
        "caches; snapshots survive the reset: restore one with `dynostack local start` and "
        "`dynostack local restore NAME` (good)"
    )
    assert server.process() is None
    for words in (("reset", "--yes"), ("start",), ("restore", "good")):
        works(*words)
    assert server.only_app() == "acme-shop"


def test_a_lost_store_is_not_mistaken_for_a_new_one(server: ServerProcess) -> None:
    server.stop()
    store = server.data / "heroku.sqlite3"
    kept = store.read_bytes()
    slug = server.data / "slugs/0a1b/app/Procfile"
    slug.parent.mkdir(parents=True)
    slug.write_text("web: serve\n")
    store.write_bytes(b"")
    assert "heroku.sqlite3 is empty, but files of its apps still exist" in fails("start")
    store.unlink()
    assert "heroku.sqlite3 is missing, but files of its apps still exist" in fails("start")
    assert slug.read_text() == "web: serve\n"

    store.write_bytes(kept)

    works("start")
    assert server.only_app() == "acme-shop"


@pytest.mark.parametrize("owned", OWNED)
def test_a_store_without_its_log_is_not_mistaken_for_a_new_one(
    server: ServerProcess, owned: str
) -> None:
    server.delete("/apps/acme-shop")
    works("snapshot", "good")
    server.stop()
    file, log = (server.data / f"heroku.sqlite3{end}" for end in ("", "-wal"))
    server.start()
    before = file.read_bytes()
    server.post("/apps", {"name": "acme-shop"})
    kill(server)
    after, kept = file.read_bytes(), log.read_bytes()
    belonging = server.data / owned
    belonging.mkdir(parents=True)
    file.write_bytes(before)
    log.unlink()

    said = fails("start")

    assert "heroku.sqlite3 contains no app, but slugs, databases or caches of apps still" in said
    assert "put heroku.sqlite3-wal back next to it if it was lost" in said
    assert "(good)" in said
    assert belonging.exists()
    file.write_bytes(after)
    log.write_bytes(kept)
    works("start")
    assert server.only_app() == "acme-shop"


def test_changes_are_soon_in_the_store_itself(server: ServerProcess) -> None:
    file, log = (server.data / f"heroku.sqlite3{end}" for end in ("", "-wal"))
    server.post("/apps", {"name": "acme-stall"})
    wait_for(lambda: b"acme-stall" in file.read_bytes())
    kill(server)
    log.unlink()

    works("start")

    assert sorted(app["name"] for app in server.get("/apps")) == ["acme-shop", "acme-stall"]


def kill(server: ServerProcess) -> None:
    process = server.process()
    assert process
    process.kill()
    process.wait(60)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_start_works_with_unreadable_lists_of_processes(server: ServerProcess) -> None:
    server.stop()
    for name, text in (("building.json", "{"), ("dynos/running.json", "[1]")):
        (server.data / name).parent.mkdir(exist_ok=True)
        (server.data / name).write_text(text)

    works("start")

    assert server.only_app() == "acme-shop"
    log = server.log.read_text()
    assert "building.json is damaged" in log
    assert "running.json is damaged" in log
    assert not (server.data / "building.json").exists()


@pytest.mark.parametrize(("damaged", "length"), [(b"", 36), (b"\xff\xfe", 36), (b"0a1b2c\n", 6)])
def test_an_invalid_key_is_replaced_at_the_next_start(
    server: ServerProcess, damaged: bytes, length: int
) -> None:
    server.stop()
    server.workspace.api_key_file.write_bytes(damaged)

    works("start")

    assert server.only_app() == "acme-shop"
    assert len(server.workspace.api_key_file.read_text()) == length


def test_an_unexpected_error_is_one_sentence_with_details_in_the_log(
    server: ServerProcess,
) -> None:
    server.stop()
    (server.data / "builds").rmdir()
    (server.data / "builds").write_text("no folder")

    said = fails("start")

    assert said.endswith(
        "the local Heroku stopped on an unexpected error: read the lines before this one, also in "
        f"{server.log}, and start it again; if that fails, run `dynostack local reset` to start "
        "over without the existing apps, databases and caches"
    )
    assert "Traceback" in server.log.read_text()
