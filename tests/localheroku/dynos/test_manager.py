"""Dynos as real processes."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from localheroku.core.runtime import Dyno, ProcessSpec
from localheroku.dynos.logs import LogStore
from localheroku.dynos.manager import DynoManager, DynoState, DynoTimeouts, UnknownDyno
from localheroku.dynos.process_registry import ProcessRegistry
from tests.localheroku.dynos.buildpack import EVERY_DYNO
from tests.localheroku.dynos.slugs import APP, runtime, slug, until

SHELL = {"PWD", "SHLVL", "_", "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
"""Set by the shell, and by Python in an environment without a locale."""
PATIENCE = DynoTimeouts(first_pause=0.1, longest_pause=1)
FOREVER = "while :; do sleep 0.05; done"
# The shell's child keeps the dyno's output open, as the processes of a web server do.
FORKING = "sleep 61 & sleep 61 & wait"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return slug(tmp_path)


@pytest.fixture
def logs(tmp_path: Path) -> LogStore:
    return LogStore(tmp_path)


@pytest.fixture
def patience() -> DynoTimeouts:
    return PATIENCE


@pytest.fixture
async def dynos(
    tmp_path: Path, logs: LogStore, patience: DynoTimeouts
) -> AsyncIterator[DynoManager]:
    manager = DynoManager(tmp_path, logs, patience)
    yield manager
    await manager.close()


def is_logged(logs: LogStore, text: str) -> bool:
    return any(text in line for line in logs.tail(APP, 1000))


def ids(dynos: DynoManager) -> dict[str, str]:
    return {dyno.name: dyno.id for dyno in dynos.dynos(APP)}


async def test_a_formation_starts_and_is_seen(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    await dynos.apply(runtime(made, web="python echo.py", worker=FOREVER))
    assert dynos.dynos(APP)[0].state is DynoState.STARTING
    await until(lambda: [dyno.state for dyno in dynos.dynos(APP)] == [DynoState.UP] * 2)
    web, worker = dynos.dynos(APP)
    assert (web.name, web.type, web.command, web.size) == (
        "web.1",
        "web",
        "python echo.py",
        "Basic",
    )
    assert (worker.name, worker.state) == ("worker.1", DynoState.UP)
    assert is_logged(logs, "heroku[web.1]: Starting process with command `python echo.py`")
    assert is_logged(logs, "heroku[web.1]: State changed from starting to up")


async def test_only_what_changed_restarts(dynos: DynoManager, made: Path) -> None:
    await dynos.apply(runtime(made, web=FOREVER, worker=FOREVER))
    first = ids(dynos)
    await dynos.apply(runtime(made, web=FOREVER, worker=FOREVER))
    assert ids(dynos) == first
    await dynos.apply(runtime(made, quantity=2, web=FOREVER, worker=FOREVER))
    scaled = ids(dynos)
    assert sorted(scaled) == ["web.1", "web.2", "worker.1", "worker.2"]
    assert {name: scaled[name] for name in first} == first
    await dynos.apply(runtime(made, web=FOREVER))
    assert ids(dynos) == {"web.1": first["web.1"]}
    await dynos.apply(runtime(made, web=f"{FOREVER} # changed"))
    assert ids(dynos) != {"web.1": first["web.1"]}


async def test_watchers_are_notified_of_each_dyno(dynos: DynoManager, made: Path) -> None:
    calls: list[tuple[str, str | None, str | None]] = []

    def watch(app_id: str, before: Dyno | None, after: Dyno | None) -> None:
        states = [dyno.state.value if dyno else None for dyno in (before, after)]
        calls.append((app_id, states[0], states[1]))

    dynos.watch(watch)
    await dynos.apply(runtime(made, worker="sleep 0.2"))
    await until(lambda: len(calls) >= 5)
    await dynos.remove(APP)

    lives = [(None, "starting"), ("starting", "up"), ("up", "crashed"), ("crashed", None)]
    assert calls[:5] == [(APP, *seen) for seen in [*lives, lives[0]]]
    assert (calls[-1][0], calls[-1][2]) == (APP, None)


async def test_a_changed_config_var_restarts_everything(dynos: DynoManager, made: Path) -> None:
    await dynos.apply(runtime(made, web=FOREVER, worker=FOREVER))
    first = ids(dynos)
    await dynos.apply(runtime(made, env={"NEW": "1"}, web=FOREVER, worker=FOREVER))
    assert not set(first.values()) & set(ids(dynos).values())


async def test_a_dyno_sees_config_vars_and_nothing_of_the_developer(
    dynos: DynoManager, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEROKU_API_KEY", "a-key")
    app = runtime(made, env={"GREETING": "hello there", "PORT": "1"})
    lines: list[str] = []
    program = "python -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    assert await dynos.run(app, program, "run.1", lines.append) == 0
    seen = json.loads(lines[0])
    assert seen["GREETING"] == "hello there"
    assert seen["DYNO"] == "run.1"
    assert seen["PATH"].endswith("/bin:/usr/local/bin:/usr/bin:/bin")
    assert "HEROKU_API_KEY" not in seen
    assert set(seen) - SHELL == {"GREETING", "PORT"} | EVERY_DYNO


def there(*paths: Path) -> list[Path]:
    return [path for path in paths if path.exists()]


async def test_every_start_has_fresh_files(dynos: DynoManager, made: Path) -> None:
    lines: list[str] = []
    for _ in range(2):
        await dynos.run(runtime(made), "ls new; touch new; echo $HOME", "run.1", lines.append)
    assert [line for line in lines if line == "new"] == []
    homes = [Path(line) for line in lines if line.startswith("/")]
    assert len(set(homes)) == 2
    assert not there(*homes, made / "app" / "new")


async def test_a_one_off_dyno_reports_its_lines_and_status(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    lines: list[str] = []
    status = await dynos.run(runtime(made), "echo out; echo err >&2; exit 3", "run.1", lines.append)
    assert (status, lines) == (3, ["out", "err"])
    assert is_logged(logs, "app[run.1]: out")
    assert is_logged(logs, "heroku[run.1]: Process exited with status 3")
    assert dynos.dynos(APP) == []
    with pytest.raises(ValueError, match="shop has no slug to run"):
        await dynos.run(runtime(None), "true", "run.1", lines.append)


async def test_a_release_command_has_the_size_of_its_process_type(
    dynos: DynoManager, made: Path
) -> None:
    sized = {"release": ProcessSpec("echo", 0, "Standard-2X")}
    app = replace(runtime(made), formation=sized)
    seen: list[str] = []

    await dynos.run(app, "echo", "release", lambda _: seen.append(dynos.dynos(APP)[0].size))
    await dynos.run(app, "echo", "run.1", lambda _: seen.append(dynos.dynos(APP)[0].size))

    assert seen == ["Standard-2X", "Basic"]


async def test_long_and_broken_lines_arrive(dynos: DynoManager, made: Path) -> None:
    lines: list[str] = []
    program = "import sys; sys.stdout.buffer.write(b'x' * 25000 + b'\\n\\xff\\nlast')"
    await dynos.run(runtime(made), f'python -c "{program}"', "run.1", lines.append)
    assert "".join(lines[:-2]) == "x" * 25000
    assert max(map(len, lines)) < 20_001
    assert lines[-2:] == ["\N{REPLACEMENT CHARACTER}", "last"]


async def test_a_crashed_dyno_is_started_again(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    await dynos.apply(runtime(made, worker="echo alive; exit 7"))
    await until(lambda: len([line for line in logs.tail(APP, 100) if "]: alive" in line]) >= 2)
    assert is_logged(logs, "heroku[worker.1]: Process exited with status 7")
    assert is_logged(logs, "heroku[worker.1]: State changed from up to crashed")
    assert is_logged(logs, "heroku[worker.1]: State changed from crashed to starting")


@pytest.mark.parametrize("patience", [replace(PATIENCE, boot=1.5)])
async def test_a_web_dyno_that_does_not_listen_in_time_has_crashed(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    await dynos.apply(runtime(made, web=FOREVER))
    await until(lambda: is_logged(logs, "to crashed"))
    text = "Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 1.5 seconds"
    assert is_logged(logs, text)
    assert is_logged(logs, "heroku[web.1]: Process exited with status 137")
    assert dynos.web_port(APP) is None


async def test_a_dyno_has_time_to_end_cleanly(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    await dynos.apply(runtime(made, worker=f"trap 'echo bye; exit 0' TERM; echo set; {FOREVER}"))
    await until(lambda: is_logged(logs, "app[worker.1]: set"))
    await dynos.apply(runtime(made))
    assert dynos.dynos(APP) == []
    assert is_logged(logs, "app[worker.1]: bye")
    assert is_logged(logs, "heroku[worker.1]: Process exited with status 0")
    assert not is_logged(logs, "R12")


@pytest.mark.parametrize("patience", [replace(PATIENCE, stop=0.5)])
async def test_a_dyno_that_does_not_end_is_killed_with_all_its_processes(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    stubborn = f"trap '' TERM; ({FOREVER}) & echo child $!; {FOREVER}"
    await dynos.apply(runtime(made, worker=stubborn))
    await until(lambda: is_logged(logs, "]: child"))
    messages = next(line for line in logs.tail(APP, 100) if "]: child" in line)
    child = int(messages.rpartition(" ")[2])
    await dynos.remove(APP)
    assert is_logged(
        logs, "Error R12 (Exit timeout) -> At least one process failed to exit within 0.5"
    )
    await until(lambda: ended(child))


@pytest.mark.parametrize("patience", [replace(PATIENCE, stop=3)])
async def test_a_canceled_stop_leaves_no_process(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    await dynos.apply(runtime(made, worker=f"trap '' TERM; echo group $$; {FOREVER}"))
    await until(lambda: is_logged(logs, "]: group"))
    group = group_of(logs)
    stopping = asyncio.create_task(dynos.apply(runtime(made)))
    await until(lambda: is_logged(logs, "Stopping all processes"))
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert ended(group)


async def test_an_error_at_a_stop_does_not_start_the_dyno_again(
    dynos: DynoManager, made: Path, logs: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dynos.apply(runtime(made, worker=f"echo group $$; {FOREVER}"))
    await until(lambda: is_logged(logs, "]: group"))
    group = group_of(logs)
    with monkeypatch.context() as patch:
        patch.setattr(ProcessRegistry, "remove", broken)
        async with asyncio.timeout(60):
            await dynos.remove(APP)
    assert ended(group)


async def test_a_dyno_that_cannot_be_registered_does_not_run(
    dynos: DynoManager, made: Path, logs: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcessRegistry, "add", broken)
    await dynos.apply(runtime(made, worker="sleep 60"))
    await until(lambda: is_logged(logs, "could not be started: Input/output error"))
    await dynos.remove(APP)
    children = psutil.Process().children(recursive=True)
    assert "sleep" not in [child.name() for child in children if not ended(child.pid)]


def group_of(logs: LogStore) -> int:
    messages = next(line for line in logs.tail(APP, 100) if "]: group" in line)
    return int(messages.rpartition(" ")[2])


def broken(_: ProcessRegistry, __: int) -> None:
    raise OSError(errno.EIO, "Input/output error")


async def test_a_dyno_whose_leader_ends_leaves_no_process(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    lines: list[str] = []
    await dynos.run(runtime(made), f"({FOREVER}) & echo $!", "run.1", lines.append)
    await until(lambda: ended(int(lines[0])))


async def test_web_dynos_take_turns(dynos: DynoManager, made: Path) -> None:
    await dynos.apply(runtime(made, quantity=2, web="python echo.py"))
    await until(lambda: all(dyno.state is DynoState.UP for dyno in dynos.dynos(APP)))
    turns = [dynos.web_dyno(APP) for _ in range(4)]
    assert turns[0] != turns[1]
    assert turns[:2] == turns[2:]


async def test_dynos_restart_by_name_by_type_and_all(dynos: DynoManager, made: Path) -> None:
    await dynos.apply(runtime(made, quantity=2, web=FOREVER, worker=FOREVER))
    for name, restarted in (
        ("web.2", {"web.2"}),
        ("worker", {"worker.1", "worker.2"}),
        (None, {"web.1", "web.2", "worker.1", "worker.2"}),
    ):
        before = ids(dynos)
        await dynos.restart(APP, name)
        after = ids(dynos)
        assert {known for known in after if after[known] != before[known]} == restarted
    with pytest.raises(UnknownDyno):
        await dynos.restart(APP, "clock.1")


async def test_without_a_slug_nothing_runs(dynos: DynoManager) -> None:
    await dynos.apply(runtime(None, web=FOREVER))
    assert dynos.dynos(APP) == []


async def test_a_missing_slug_is_reported(
    dynos: DynoManager, tmp_path: Path, logs: LogStore
) -> None:
    await dynos.apply(runtime(tmp_path / "nowhere", worker=FOREVER))
    await until(lambda: is_logged(logs, "The dyno could not be started"))
    assert dynos.dynos(APP)[0].state in {DynoState.CRASHED, DynoState.STARTING}


SERVER = """
import asyncio, sys
from pathlib import Path
from localheroku.dynos.logs import LogStore
from localheroku.dynos.manager import DynoManager
from tests.localheroku.dynos.buildpack import EVERY_DYNO
from tests.localheroku.dynos.slugs import runtime

async def main(data, slug):
    dynos = DynoManager(data, LogStore(data))
    await dynos.apply(runtime(slug, worker="echo pid $$; while :; do sleep 0.1; done"))
    await asyncio.sleep(60)

asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
"""


def start_server(data: Path, made: Path, logs: LogStore) -> tuple[subprocess.Popen[bytes], int]:
    """Start a manager in its own process; return it and its dyno's process id."""
    server = subprocess.Popen([sys.executable, "-c", SERVER, data, made])
    deadline = time.monotonic() + 60
    while not (lines := [line for line in logs.tail(APP, 10) if "]: pid" in line]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return server, int(lines[0].rpartition(" ")[2])


def kill(server: subprocess.Popen[bytes]) -> None:
    os.kill(server.pid, signal.SIGKILL)
    server.wait()


async def test_no_dyno_outlives_a_killed_server(tmp_path: Path, made: Path, logs: LogStore) -> None:
    server, dyno = start_server(tmp_path, made, logs)
    assert not ended(dyno)
    kill(server)
    await until(lambda: ended(dyno))


async def test_the_next_server_ends_what_the_reaper_missed(
    tmp_path: Path, made: Path, logs: LogStore
) -> None:
    server, dyno = start_server(tmp_path, made, logs)
    for child in psutil.Process(server.pid).children():
        if any("process_reaper" in word for word in child.cmdline()):
            child.kill()
    kill(server)
    await asyncio.sleep(0.1)
    assert not ended(dyno)
    manager = DynoManager(tmp_path, logs)
    await until(lambda: ended(dyno))
    await manager.close()


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_a_dyno_that_is_just_being_started_can_be_stopped(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    for steps in range(8):
        await starting(dynos.apply(runtime(made, worker=FORKING)), logs, steps)
        async with asyncio.timeout(30):
            await dynos.remove(APP)
        assert left() == []


async def test_a_release_command_that_is_just_being_started_can_be_stopped(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    for steps in range(8):
        running = asyncio.ensure_future(dynos.run(runtime(made), FORKING, "release", print))
        await starting(asyncio.sleep(0), logs, steps)
        async with asyncio.timeout(30):
            await dynos.remove(APP)
            assert await running == 137
        assert left() == []


async def test_a_call_that_waits_for_an_apps_removal_leaves_no_dyno(
    dynos: DynoManager, made: Path
) -> None:
    await dynos.apply(runtime(made, worker=FORKING))
    removing = asyncio.create_task(dynos.remove(APP))
    await asyncio.sleep(0)
    await asyncio.gather(removing, dynos.apply(runtime(made, worker=FORKING)))
    await until(lambda: [dyno.state for dyno in dynos.dynos(APP)] == [DynoState.UP])
    await dynos.remove(APP)
    assert left() == []


async def starting(begins: Awaitable[None], logs: LogStore, steps: int) -> None:
    """Wait this many steps of the loop after a dyno's processes are about to be started."""
    logs.forget(APP)
    await begins
    while not is_logged(logs, "Starting process"):  # noqa: ASYNC110 - each step of the loop counts
        await asyncio.sleep(0)
    for _ in range(steps):
        await asyncio.sleep(0)


def left() -> list[str]:
    """Return the processes that dynos started and did not end."""
    children = psutil.Process().children(recursive=True)
    return [child.name() for child in children if child.name() == "sleep" and not ended(child.pid)]
