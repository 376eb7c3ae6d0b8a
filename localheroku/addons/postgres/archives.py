"""Dumps, restores and copies of databases with `pg_dump` and `pg_restore`."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from localheroku.addons.postgres import distribution, versions
from localheroku.addons.postgres.restore_log import IGNORED_ERRORS, RestoreLog
from localheroku.core.addon_service import ServiceFailed

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

COMMON_OPTIONS = ("--verbose", "--no-owner", "--no-acl", "--no-password")
MAGIC = b"PGDMP"
NEWEST_FORMAT = {"14": (1, 14), "15": (1, 14), "16": (1, 15), "17": (1, 16), "18": (1, 16)}
"""Major version -> the newest archive format that its `pg_restore` reads."""

CONNECT_SECONDS = 20
LINE_CHARACTERS = 1000
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class ConnectionInfo:
    """Address and credentials of a database, also as libpq's environment variables."""

    url: str = field(repr=False)
    variables: dict[str, str] = field(repr=False)

    @classmethod
    def from_url(cls, url: str) -> ConnectionInfo:
        """Parse a database URL.

        Raises:
            ServiceFailed: the URL is invalid.
        """
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict

        try:
            parameters = conninfo_to_dict(url)
        except ProgrammingError:
            raise ServiceFailed(
                "the database URL is invalid: write postgres://user:password@host:port/database"
            ) from None
        names = {"dbname": "database"}
        variables = {
            f"PG{names.get(key, key).upper()}": str(value) for key, value in parameters.items()
        }
        return cls(url, variables)

    @property
    def name(self) -> str:
        return self.variables.get("PGDATABASE", "")

    async def server_version(self) -> str:
        """Ask the server for its major version.

        Raises:
            ServiceFailed: it cannot be reached.
        """
        from psycopg import AsyncConnection, OperationalError

        try:
            connect = AsyncConnection.connect(self.url, connect_timeout=CONNECT_SECONDS)
            async with await connect as connection:
                return str(connection.info.server_version // 10000)
        except OperationalError as error:
            raise ServiceFailed(str(error).strip().splitlines()[0]) from None


class ArchiveJobs:
    """The running dumps and restores of one add-on."""

    def __init__(self) -> None:
        self._running: set[Process] = set()

    def end(self) -> None:
        for process in self._running:
            process.kill()

    async def dump(self, source: ConnectionInfo, archive: Path, say: Callable[[str], None]) -> None:
        """Write the contents of the database to a file, with the `pg_dump` of its version.

        Raises:
            ServiceFailed: `pg_dump` failed.
        """
        arguments = ("--format=custom", *COMMON_OPTIONS, f"--file={archive}")
        async with self._started(await _known_version(source), "pg_dump", arguments, source) as run:
            status, last = await run.outcome(say)
        if status:
            raise ServiceFailed(last)

    async def copy(
        self,
        source: ConnectionInfo,
        target: ConnectionInfo,
        version: str,
        progress: Path,
        say: Callable[[str], None],
    ) -> int:
        """Fill an empty database with the contents of another, through a pipe.

        Args:
            source: the database to copy.
            target: the database to fill.
            version: the major version of the target's server.
            progress: a sparse file whose size is set to the number of bytes copied so far.
            say: called with each line that is reported.

        Returns:
            The number of statements that failed.

        Raises:
            ServiceFailed: `pg_dump` or `pg_restore` failed.
        """
        reading = await _known_version(source)
        if NEWEST_FORMAT[reading] > NEWEST_FORMAT[version]:
            version = versions.newest()
        log = RestoreLog(say)
        dump = ("--format=custom", "--compress=0", *COMMON_OPTIONS)
        restore = (*COMMON_OPTIONS, f"--dbname={target.name}")
        async with (
            self._started(reading, "pg_dump", dump, source, stdout=PIPE) as reader,
            self._started(version, "pg_restore", restore, target, stdin=PIPE) as writer,
        ):
            (failed, reason), (status, last), _ = await asyncio.gather(
                reader.outcome(say), writer.outcome(log.add), _pump(reader, writer, progress)
            )
        # If the writer ends early, the reader fails, too, but is not the cause.
        if status and not IGNORED_ERRORS.fullmatch(last):
            raise ServiceFailed(reason if failed > 0 else last)
        if failed:
            raise ServiceFailed(reason)
        return log.ignored

    async def restore(
        self, archive: Path, target: ConnectionInfo, version: str, say: Callable[[str], None]
    ) -> int:
        """Fill an empty database from a file.

        Args:
            archive: the file.
            target: the database.
            version: the major version of its server.
            say: called with each line that is reported.

        Returns:
            The number of statements that failed.

        Raises:
            ServiceFailed: the file is not an archive, or nothing in it could be read.
        """
        arguments = (*COMMON_OPTIONS, f"--dbname={target.name}", str(archive))
        log = RestoreLog(say)
        if _format(archive) > NEWEST_FORMAT[version]:
            version = versions.newest()
        async with self._started(version, "pg_restore", arguments, target) as run:
            status, last = await run.outcome(log.add)
        if status and not IGNORED_ERRORS.fullmatch(last):
            raise ServiceFailed(last)
        return log.ignored

    @asynccontextmanager
    async def _started(
        self,
        version: str,
        program: str,
        arguments: Sequence[str],
        database: ConnectionInfo,
        stdin: int = DEVNULL,
        stdout: int = DEVNULL,
    ) -> AsyncIterator[_Run]:
        """Run a program within the context, with the password in its environment."""
        found = await asyncio.to_thread(distribution.obtain, version)
        process = await asyncio.create_subprocess_exec(
            found.programs / program,
            *arguments,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", **database.variables},
            stdin=stdin,
            stdout=stdout,
            stderr=PIPE,
            start_new_session=True,
        )
        self._running.add(process)
        try:
            yield _Run(program, process)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            self._running.discard(process)


@dataclass(frozen=True)
class _Run:
    """A running program of PostgreSQL."""

    program: str
    process: Process

    async def outcome(self, say: Callable[[str], None]) -> tuple[int, str]:
        """Report each line; return exit status and last line."""
        last = "it printed nothing"
        async for line in _lines(cast("StreamReader", self.process.stderr)):
            last = line.removeprefix(f"{self.program}: ")
            say(last)
        return await self.process.wait(), last.removeprefix("error: ").removeprefix("warning: ")


async def _pump(reader: _Run, writer: _Run, progress: Path) -> None:
    """Pipe the reader's output to the writer; if the writer ends early, end the reader."""
    source = cast("StreamReader", reader.process.stdout)
    target = cast("StreamWriter", writer.process.stdin)
    done = 0
    with suppress(ConnectionError):
        while chunk := await source.read(CHUNK_BYTES):
            target.write(chunk)
            await target.drain()
            done += len(chunk)
            os.truncate(progress, done)
        target.close()
        return
    with suppress(ProcessLookupError):
        reader.process.kill()


async def _known_version(source: ConnectionInfo) -> str:
    """Return the server's version if we have its programs, or else our newest version."""
    version = await source.server_version()
    return version if version in versions.every() else versions.newest()


def _format(archive: Path) -> tuple[int, int]:
    """Return the version of an archive's format, or (0, 0) if the file is not an archive."""
    with archive.open("rb") as file:
        head = file.read(len(MAGIC) + 2)
    return (head[-2], head[-1]) if head.startswith(MAGIC) and len(head) > len(MAGIC) else (0, 0)


async def _lines(stream: StreamReader) -> AsyncIterator[str]:
    """Yield the lines of the stream, each cut off at LINE_CHARACTERS."""
    rest = b""
    while chunk := await stream.read(CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")[:LINE_CHARACTERS]
    if rest:
        yield rest.decode(errors="replace")[:LINE_CHARACTERS]
