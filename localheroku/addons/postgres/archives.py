"""`pg_dump` and `pg_restore`: a database to a file in PostgreSQL's custom format and back."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from localheroku.addons.postgres import distribution, versions
from localheroku.addons.postgres.restore_log import IGNORED_ERRORS, RestoreLog
from localheroku.core.addon_service import ServiceFailed

if TYPE_CHECKING:
    from asyncio import StreamReader
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

COMMON_OPTIONS = ("--verbose", "--no-owner", "--no-acl", "--no-password")
MAGIC = b"PGDMP"
NEWEST_FORMAT = {"14": (1, 14), "15": (1, 14), "16": (1, 15), "17": (1, 16), "18": (1, 16)}
"""The newest format of an archive that the `pg_restore` of each major version reads."""

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
        version = await source.server_version()
        if version not in versions.every():
            version = versions.newest()
        arguments = ("--format=custom", *COMMON_OPTIONS, f"--file={archive}")
        status, last = await self._run(version, "pg_dump", arguments, source, say)
        if status:
            raise ServiceFailed(last)

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
        status, last = await self._run(version, "pg_restore", arguments, target, log.add)
        if status and not IGNORED_ERRORS.fullmatch(last):
            raise ServiceFailed(last)
        return log.ignored

    async def _run(
        self,
        version: str,
        program: str,
        arguments: Sequence[str],
        database: ConnectionInfo,
        say: Callable[[str], None],
    ) -> tuple[int, str]:
        """Run a program with the password in its environment; return exit status and last line."""
        found = await asyncio.to_thread(distribution.obtain, version)
        process = await asyncio.create_subprocess_exec(
            found.programs / program,
            *arguments,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", **database.variables},
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
            start_new_session=True,
        )
        self._running.add(process)
        last = "it printed nothing"
        try:
            async for line in _lines(cast("StreamReader", process.stderr)):
                last = line.removeprefix(f"{program}: ")
                say(last)
            return await process.wait(), last.removeprefix("error: ").removeprefix("warning: ")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            self._running.discard(process)


def _format(archive: Path) -> tuple[int, int]:
    """Return the version of an archive's format, or (0, 0) for a file that is none."""
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
