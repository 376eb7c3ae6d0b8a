"""Running a command in a one-off dyno of the local Heroku, connected to this terminal.

https://devcenter.heroku.com/articles/one-off-dynos
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import sys
import termios
import time
import tty
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from threading import Thread
from urllib.parse import urlsplit

from dynostack.errors import INTERRUPTED, LocalError
from dynostack.local.server import ServerProcess

CHUNK_BYTES = 1 << 14
END_OF_INPUT = b"\x04"
"""The byte that ends the input of a dyno without a terminal."""
STARTED = "Starting process with command"
ENDED = re.compile(r"Process exited with status (\d+)")
LOG_LINES = 1500
STATUS_SECONDS = 10.0


def run(server: ServerProcess, app: str, words: Sequence[str]) -> int:
    """Run a command in a one-off dyno of the app and return its exit status.

    Without a terminal, an interrupt closes the connection, which ends the dyno.

    Args:
        server: the local Heroku.
        app: the name or id of the app.
        words: a single word is a command line for the dyno's shell; several words are a command
            and its arguments.

    Raises:
        LocalError: the local Heroku is not running or refuses the dyno, or the dyno does not end.
    """
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    dyno = server.post(
        f"/apps/{app}/dynos",
        {
            "command": words[0] if len(words) == 1 else shlex.join(words),
            "attach": True,
            "force_no_tty": not terminal,
            "env": _shape() if terminal else {},
        },
    )
    try:
        with _keys_passed_on() if terminal else nullcontext():
            asyncio.run(_attend(server, dyno["attach_url"], terminal=terminal))
    except KeyboardInterrupt:
        return INTERRUPTED
    return _status(server, app, dyno["name"])


def _shape() -> dict[str, str]:
    size = shutil.get_terminal_size()
    term = os.environ.get("TERM", "xterm")
    return {"TERM": term, "COLUMNS": str(size.columns), "LINES": str(size.lines)}


@contextmanager
def _keys_passed_on() -> Iterator[None]:
    """Send each key, including Ctrl-C, to the dyno's terminal instead of this one."""
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setraw(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


async def _attend(server: ServerProcess, attach_url: str, *, terminal: bool) -> None:
    """Copy input and output between this terminal and the dyno until the dyno closes."""
    reader, writer = await _met(server, attach_url)
    loop = asyncio.get_running_loop()

    def pass_on_input() -> None:
        # After the dyno ends, the loop is closed, and further input is discarded.
        with suppress(RuntimeError):
            while keys := os.read(sys.stdin.fileno(), CHUNK_BYTES):
                loop.call_soon_threadsafe(writer.write, keys)
            if not terminal:
                loop.call_soon_threadsafe(writer.write, END_OF_INPUT)

    Thread(target=pass_on_input, daemon=True).start()
    with closing(writer), suppress(ConnectionError):
        while shown := await reader.read(CHUNK_BYTES):
            sys.stdout.buffer.write(shown)
            sys.stdout.buffer.flush()


async def _met(server: ServerProcess, attach_url: str) -> tuple[StreamReader, StreamWriter]:
    place = urlsplit(attach_url)
    tls = server.tls_context()
    reader, writer = await asyncio.open_connection(place.hostname, place.port, ssl=tls)
    writer.write(f"{place.path.removeprefix('/')}\r\n".encode())
    await reader.readline()
    return reader, writer


def _status(server: ServerProcess, app: str, name: str) -> int:
    """Return the exit status from the dyno's log; the API has no exit status.

    Raises:
        LocalError: the log does not show the dyno's end within STATUS_SECONDS.
    """
    deadline = time.monotonic() + STATUS_SECONDS
    while time.monotonic() < deadline:
        text = "\n".join(server.logs(app, LOG_LINES, follow=False, dyno=name))
        if ended := ENDED.search(text.rpartition(STARTED)[2]):
            return int(ended[1])
        time.sleep(0.05)
    raise LocalError(
        f"{name} has not ended after {STATUS_SECONDS:.0f} s; to see its log, run:"
        f" dynostack local logs {app}"
    )
