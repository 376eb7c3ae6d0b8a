"""`pg_dump` and `pg_restore`: a database to a file in PostgreSQL's custom format and back."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from localheroku.addons.postgres.installation import client_programs
from localheroku.core.addon_service import ServiceFailed

if TYPE_CHECKING:
    from asyncio import StreamReader
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

COMMON_OPTIONS = ("--verbose", "--no-owner", "--no-acl", "--no-password")
IGNORED_ERRORS = re.compile(r"errors ignored on restore: (\d+)")
LINE_CHARACTERS = 1000
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class ConnectionInfo:
    """Address and credentials of a database, as libpq's environment variables."""

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
        return cls(
            {f"PG{names.get(key, key).upper()}": str(value) for key, value in parameters.items()}
        )

    @property
    def name(self) -> str:
        return self.variables.get("PGDATABASE", "")


class ArchiveJobs:
    """The running dumps and restores of one add-on."""

    def __init__(self) -> None:
        self._running: set[Process] = set()

    def end(self) -> None:
        for process in self._running:
            process.kill()

    async def dump(self, source: ConnectionInfo, archive: Path, say: Callable[[str], None]) -> None:
        """Write the contents of the database to a file.

        Raises:
            ServiceFailed: `pg_dump` failed.
        """
        arguments = ("--format=custom", *COMMON_OPTIONS, f"--file={archive}")
        status, last = await self._run("pg_dump", arguments, source, say)
        if status:
            raise ServiceFailed(last)

    async def restore(
        self, archive: Path, target: ConnectionInfo, say: Callable[[str], None]
    ) -> int:
        """Fill an empty database from a file.

        Returns:
            The number of statements that failed.

        Raises:
            ServiceFailed: the file is not an archive, or nothing in it could be read.
        """
        arguments = (*COMMON_OPTIONS, f"--dbname={target.name}", str(archive))
        status, last = await self._run("pg_restore", arguments, target, say)
        ignored = IGNORED_ERRORS.search(last)
        if status and ignored is None:
            raise ServiceFailed(last)
        return int(ignored[1]) if ignored else 0

    async def _run(
        self,
        program: str,
        arguments: Sequence[str],
        database: ConnectionInfo,
        say: Callable[[str], None],
    ) -> tuple[int, str]:
        """Run a program with the password in its environment; return exit status and last line."""
        process = await asyncio.create_subprocess_exec(
            client_programs() / program,
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


async def _lines(stream: StreamReader) -> AsyncIterator[str]:
    """Yield the lines of the stream, each cut off at LINE_CHARACTERS."""
    rest = b""
    while chunk := await stream.read(CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")[:LINE_CHARACTERS]
    if rest:
        yield rest.decode(errors="replace")[:LINE_CHARACTERS]
