"""Tests of the cache: entries are complete or missing, and created by one process at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dynostack.toolchain.errors import Unavailable
from localheroku.core.cache import Cache, cache_directory
from tests.toolchain.parts import Told

NAME = "engine-1.2.3"
MAKER = """
import sys, time
from pathlib import Path
from localheroku.core.cache import Cache
from tests.toolchain.parts import Told

def make(folder):
    with Path(sys.argv[1], "made").open("a") as log:
        log.write("made\\n")
    (folder / "pulumi").write_text("half")
    while not Path(sys.argv[1], "go").exists():
        time.sleep(0.01)
    (folder / "pulumi").write_text("whole")

Path(sys.argv[1], f"here-{sys.argv[2]}").touch()
entry = Cache(Path(sys.argv[1], "cache")).made("engine-1.2.3", make, Told().say)
print((entry / "pulumi").read_text())
"""


def maker(folder: Path, number: int = 0) -> subprocess.Popen[str]:
    """Start a process that creates an entry once there is a file named `go`."""
    return subprocess.Popen(
        [sys.executable, "-c", MAKER, str(folder), str(number)], stdout=subprocess.PIPE, text=True
    )


def whole(folder: Path) -> None:
    (folder / "pulumi").write_text("whole")


def wait_for(path: Path) -> None:
    until = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < until, f"{path} does not appear"
        time.sleep(0.01)


def test_second_call_creates_nothing(tmp_path: Path, told: Told) -> None:
    def never(folder: Path) -> None:
        raise AssertionError(f"{folder} is made twice")

    cache = Cache(tmp_path / "cache")
    entry = cache.made(NAME, whole, told.say)
    assert cache.made(NAME, never, told.say) == entry == cache.entry(NAME)
    assert (entry / "pulumi").read_text() == "whole"


def test_entry_can_be_read_by_others(tmp_path: Path, told: Told) -> None:
    entry = Cache(tmp_path / "cache").made(NAME, whole, told.say)
    assert entry.stat().st_mode & 0o777 == 0o755


def test_failure_leaves_nothing(tmp_path: Path, told: Told) -> None:
    def fail(folder: Path) -> None:
        (folder / "pulumi").write_text("half")
        raise Unavailable("no network")

    cache = Cache(tmp_path / "cache")
    with pytest.raises(Unavailable):
        cache.made(NAME, fail, told.say)
    assert [path.name for path in cache.folder.iterdir()] == [f"{NAME}.lock"]


def test_processes_at_the_same_time_create_it_once(tmp_path: Path) -> None:
    runs = [maker(tmp_path, number) for number in range(4)]
    for number in range(4):
        wait_for(tmp_path / f"here-{number}")
    wait_for(tmp_path / "made")
    (tmp_path / "go").touch()
    assert [run.communicate()[0] for run in runs] == ["whole\n"] * 4
    assert (tmp_path / "made").read_text() == "made\n"


def test_next_run_replaces_the_entry_of_a_killed_one(tmp_path: Path, told: Told) -> None:
    killed = maker(tmp_path)
    wait_for(tmp_path / "made")
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    cache = Cache(tmp_path / "cache")
    assert not cache.entry(NAME).exists()
    cache.made(NAME, whole, told.say)
    assert {path.name for path in cache.folder.iterdir()} == {NAME, f"{NAME}.lock"}


def test_waiting_process_says_so(tmp_path: Path) -> None:
    class Awaited(Told):
        def say(self, text: str) -> None:
            super().say(text)
            (tmp_path / "go").touch()

    first, told = maker(tmp_path), Awaited()
    wait_for(tmp_path / "made")
    Cache(tmp_path / "cache").made(NAME, whole, told.say)
    assert told.said == [f"waiting for another dynostack process that is installing {NAME}"]
    first.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other places")
def test_cache_is_where_earlier_versions_had_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_directory() == tmp_path / ".cache/dynostack"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert cache_directory() == tmp_path / "elsewhere/dynostack"
