"""One-off dynos as real processes, with or without an attached client."""

from __future__ import annotations

import asyncio
import os
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest

from localheroku.core.runtime import OneOff
from localheroku.core.terminal_line import TerminalLine
from localheroku.dynos import rendezvous
from localheroku.dynos.logs import LogStore
from localheroku.dynos.manager import DynoManager, DynoTimeouts
from localheroku.dynos.process_registry import ProcessRegistry
from localheroku.dynos.rendezvous import Rendezvous
from localheroku.dynos.terminal import Terminal
from tests.localheroku.dynos.slugs import APP, runtime, slug, until

PATIENCE = DynoTimeouts(stop=0.5)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return slug(tmp_path)


@pytest.fixture
def logs(tmp_path: Path) -> LogStore:
    return LogStore(tmp_path)


@pytest.fixture
async def dynos(tmp_path: Path, logs: LogStore) -> AsyncIterator[DynoManager]:
    manager = DynoManager(tmp_path, logs, PATIENCE)
    yield manager
    await manager.close()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Rendezvous]:
    place = Rendezvous(tmp_path / "localhost.pem")
    yield place
    await place.close()


def once(command: str, **fields: object) -> OneOff:
    return OneOff(**{"command": command, "type": "run", "size": "Basic", "seconds": 60, **fields})  # type: ignore[arg-type]


async def visit(url: str, pem: Path) -> tuple[StreamReader, StreamWriter]:
    """Attach as the CLI does: trust the certificate, send the first line, drop the answer's."""
    address = urlsplit(url)
    trust = ssl.create_default_context(cafile=str(pem))
    reader, writer = await asyncio.open_connection(address.hostname, address.port, ssl=trust)
    writer.write(f"{address.path.removeprefix('/')}\r\n".encode())
    assert await reader.readline() == b"rendezvous\r\n"
    return reader, writer


async def attached(
    dynos: DynoManager, place: Rendezvous, made: Path, request: OneOff, tmp_path: Path
) -> tuple[StreamReader, StreamWriter]:
    meeting = await place.meeting()
    dynos.start_once(runtime(made), request, meeting.line)
    assert [dyno.state.value for dyno in dynos.dynos(APP)] == ["starting"]
    return await visit(meeting.url, tmp_path / "localhost.pem")


def gone(dynos: DynoManager) -> bool:
    return dynos.dynos(APP) == []


async def test_a_detached_dyno_writes_to_the_log(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    seen = dynos.start_once(
        runtime(made, env={"A": "1", "B": "1"}),
        once("echo $A$B$DYNO; exit 3", env={"B": "2"}),
        None,
    )
    await until(lambda: gone(dynos))

    assert (seen.type, seen.name.partition(".")[0], seen.command[:4]) == ("run", "run", "echo")
    log = "\n".join(logs.tail(APP, 100))
    assert f"app[{seen.name}]: 12{seen.name}" in log
    assert f"heroku[{seen.name}]: Process exited with status 3" in log


async def test_an_attached_client_has_a_terminal(
    dynos: DynoManager, place: Rendezvous, made: Path, tmp_path: Path
) -> None:
    command = "tty >/dev/null && stty size && read name && echo hello $name"
    expected = once(command, env={"LINES": "33", "COLUMNS": "77"})
    reader, writer = await attached(dynos, place, made, expected, tmp_path)
    assert await reader.readline() == b"33 77\r\n"
    assert [dyno.state.value for dyno in dynos.dynos(APP)] == ["up"]

    writer.write(b"shop\n")

    assert await reader.read() == b"shop\r\nhello shop\r\n"
    await until(lambda: gone(dynos))
    writer.close()


@dataclass
class SlowWriter:
    """A writer to a client that takes a while for each chunk."""

    written: bytes = b""

    def write(self, chunk: bytes) -> None:
        self.written += chunk

    async def drain(self) -> None:
        await asyncio.sleep(0.4)

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    async def wait_closed(self) -> None:
        """Do nothing: it closes at once."""


@pytest.mark.parametrize("tty", [True, False])
async def test_no_output_of_a_command_is_lost_at_its_end(tmp_path: Path, tty: bool) -> None:
    writer = SlowWriter()
    terminal = Terminal(TerminalLine(StreamReader(), cast("StreamWriter", writer)), tty=tty)
    book = ProcessRegistry(tmp_path / "running.json")
    command = "echo one; sleep 0.1; echo two; exit 3"

    process = await terminal.spawn(command, tmp_path, os.environ, book)

    assert await terminal.relay(process) == 3
    book.close()
    assert writer.written.split() == [b"one", b"two"]


async def test_keys_reach_the_command_as_signals(
    dynos: DynoManager, place: Rendezvous, made: Path, tmp_path: Path
) -> None:
    reader, writer = await attached(
        dynos, place, made, once("trap 'echo caught; exit' INT; echo on; sleep 30"), tmp_path
    )
    assert await reader.readline() == b"on\r\n"

    writer.write(b"\x03")

    assert b"caught" in await reader.read()
    writer.close()


async def test_without_a_terminal_bytes_are_as_they_are(
    dynos: DynoManager, place: Rendezvous, made: Path, tmp_path: Path
) -> None:
    expected = once("tty >/dev/null || cat; echo end >&2", tty=False)
    reader, writer = await attached(dynos, place, made, expected, tmp_path)

    writer.write(b"\xff\x00 line\n" + b"x" * 100_000)
    writer.write(b"\x04")

    assert await reader.read() == b"\xff\x00 line\n" + b"x" * 100_000 + b"end\n"
    writer.close()


@pytest.mark.parametrize("tty", [True, False])
async def test_a_client_that_hangs_up_ends_the_dyno(
    dynos: DynoManager, place: Rendezvous, made: Path, tmp_path: Path, tty: bool
) -> None:
    reader, writer = await attached(
        dynos, place, made, once("echo on; sleep 30; echo off", tty=tty), tmp_path
    )
    assert (await reader.readline()).strip() == b"on"

    writer.close()

    await until(lambda: gone(dynos))


async def test_a_dyno_without_a_client_ends(
    dynos: DynoManager,
    place: Rendezvous,
    made: Path,
    tmp_path: Path,
    logs: LogStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rendezvous, "CONNECT_SECONDS", 0.1)
    meeting = await place.meeting()
    dynos.start_once(runtime(made), once("echo never"), meeting.line)

    await until(lambda: gone(dynos))

    log = "\n".join(logs.tail(APP, 100))
    assert "Error R13 (Attach error)" in log
    assert "Starting process" not in log
    with pytest.raises(AssertionError):
        await visit(meeting.url, tmp_path / "localhost.pem")


async def test_a_client_of_a_dyno_that_cannot_start_is_disconnected(
    dynos: DynoManager, place: Rendezvous, made: Path, tmp_path: Path, logs: LogStore
) -> None:
    reader, writer = await attached(dynos, place, made / "gone", once("bash"), tmp_path)

    assert await reader.read() == b""

    assert any("could not be started" in line for line in logs.tail(APP, 100))
    writer.close()


@pytest.mark.parametrize("line", [b"wrong\r\n", b"x" * 5000])
async def test_a_stranger_is_hung_up_on(
    dynos: DynoManager, place: Rendezvous, made: Path, tmp_path: Path, line: bytes
) -> None:
    meeting = await place.meeting()
    address = urlsplit(meeting.url)
    trust = ssl.create_default_context(cafile=str(tmp_path / "localhost.pem"))
    reader, writer = await asyncio.open_connection(address.hostname, address.port, ssl=trust)

    writer.write(line)

    assert await reader.read() == b""
    assert not meeting.connection.done()
    writer.close()
    meeting.connection.cancel()


async def test_a_dyno_is_stopped_by_name_or_type_and_at_the_end_of_its_time(
    dynos: DynoManager, made: Path, logs: LogStore
) -> None:
    first = dynos.start_once(runtime(made), once("sleep 30"), None)
    dynos.start_once(runtime(made), once("sleep 30", type="task"), None)
    dynos.start_once(runtime(made), once("sleep 30", type="brief", seconds=0.2), None)
    await until(lambda: len(dynos.dynos(APP)) == 2)
    assert {dyno.type for dyno in dynos.dynos(APP)} == {"run", "task"}

    await dynos.restart(APP, first.name)
    assert [dyno.type for dyno in dynos.dynos(APP)] == ["task"]
    await dynos.restart(APP, None)
    assert [dyno.type for dyno in dynos.dynos(APP)] == ["task"]
    await dynos.restart(APP, "task")
    assert gone(dynos)
    assert any("its time limit of 0.2 seconds was reached" in line for line in logs.tail(APP, 100))


async def test_removing_an_app_ends_its_one_off_dynos(dynos: DynoManager, made: Path) -> None:
    dynos.start_once(runtime(made), once("sleep 30"), None)
    await until(lambda: [d.state.value for d in dynos.dynos(APP)] == ["up"])

    await dynos.remove(APP)

    assert gone(dynos)
