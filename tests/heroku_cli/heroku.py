"""The published Heroku CLI, in the environment that `dynostack env` exports."""

from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from dynostack.local.workspace import LocalWorkspace
from tests import node
from tests.heroku_cli import one_process
from tests.localheroku.client import Api

FLAGS = ("--no-deprecation",)
"""The flags in the first line of the CLI's program."""

WITHOUT_SENTRY = ("--import", str(Path(__file__).with_name("without_sentry.mjs")))
"""Flags that halve the time of a command: they replace Sentry, which the CLI always imports."""

FEW_COLLECTIONS = ("--min-semi-space-size=64", "--max-semi-space-size=64", "--single-threaded-gc")
"""Flags that save a tenth of the time: garbage is rarely collected in a short process."""

SECONDS = 120.0
"""The longest time that a command may take."""

FAST = FLAGS + WITHOUT_SENTRY + FEW_COLLECTIONS

READ_AT_START = ("NODE_COMPILE_CACHE", "OCLIF_COLUMNS")
"""Variables that Node.js and the CLI read when they start; they are the same in all tests."""

WIDE = "500"
"""A terminal width, in columns, at which no table is truncated."""


@dataclass(frozen=True)
class Result:
    """The output and exit code of a command."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def rows(self) -> list[list[str]]:
        """The words of each printed line."""
        return [words for line in self.stdout.splitlines() if (words := line.split())]

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


@dataclass(frozen=True)
class Heroku:
    """`heroku` in its own folder: `await heroku("apps:create", "shop")`."""

    program: Path
    folder: Path
    environment: dict[str, str]
    outside: list[str]
    """The hosts beyond this machine that the CLI tried to reach; it reached none of them."""
    flags: tuple[str, ...] = FAST

    async def __call__(self, *words: str, stdin: str = "", exit_code: int = 0) -> Result:
        """Run a command to its end; a failure must be expected."""
        result = await self._shared(*words) if self._shares(words, stdin) else None
        result = result or await self._alone(*words, stdin=stdin)
        assert result.exit_code == exit_code, result
        return result

    def _shares(self, words: tuple[str, ...], stdin: str) -> bool:
        return self.flags == FAST and one_process.is_for(words, stdin)

    async def _shared(self, *words: str) -> Result | None:
        """Run a command in the process for many; return None if it is running another one."""
        variables = frozenset((name, self.environment[name]) for name in READ_AT_START)
        process = one_process.shared(self.program, self.flags, variables)
        if not process.lock.acquire(blocking=False):
            return None
        try:
            order = (words, self.folder, self.environment, SECONDS)
            return Result(**await asyncio.to_thread(process.run, *order))
        finally:
            process.lock.release()

    async def _alone(self, *words: str, stdin: str) -> Result:
        process = await self.start(*words)
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), SECONDS)
        return Result(process.returncode or 0, out.decode(), err.decode())

    async def start(self, *words: str) -> Process:
        """Start a command that keeps running, such as `logs --tail`."""
        return await asyncio.create_subprocess_exec(
            *(str(node.program()), *self.flags, str(self.program), *words),
            cwd=self.folder,
            env=self.environment,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )


async def is_requested(api: Api, route: str) -> None:
    """Wait until the CLI sends a request to a route."""
    log = api.heroku.platform.settings.data / "requests.jsonl"
    for _ in range(600):
        calls = (json.loads(line) for line in log.read_text().splitlines())
        if any((each["route"], each["client"]) == (route, "heroku-cli") for each in calls):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(log.read_text())


def environment(world: LocalWorkspace, home: Path, proxy: str) -> dict[str, str]:
    """Return what a user has after evaluating `dynostack env`, with a proxy as the only way out."""
    variables = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    # The CLI shows a notice at the first start of each user.
    (home / ".cache/heroku").mkdir(parents=True, exist_ok=True)
    (home / ".cache/heroku/terms-of-service").touch()
    return {
        **variables,
        "HOME": str(home),
        "HTTPS_PROXY": proxy,
        "OCLIF_COLUMNS": WIDE,
        "COLUMNS": WIDE,
        "NODE_COMPILE_CACHE": str(node.compile_cache()),
        **{name: value for name, value in world.variables().items() if name != "PATH"},
    }


@contextmanager
def guarded_exit(hosts: list[str]) -> Iterator[str]:
    """Run a proxy that records the requested hosts and connects to none, and yield its address."""

    class Guard(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            hosts.append(self.path)
            self.send_error(502)

        def log_message(self, *_: object) -> None:
            """Print nothing: the list has the requested hosts."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Guard)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
