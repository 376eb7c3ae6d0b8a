"""How a long step tells that it is alive: a spinner on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.status import Status

SECONDS_BETWEEN_LINES = 10.0


class Progress(Protocol):
    """Told by the toolchain what happens."""

    def say(self, text: str) -> None:
        """A decision or a result: stays on the screen."""

    def show(self, text: str) -> None:
        """Where a running step is: the next call replaces it."""


class Lines:
    """Plain lines, a running step's only now and then."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = 0.0

    def say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)

    def show(self, text: str) -> None:
        if time.monotonic() - self._shown >= SECONDS_BETWEEN_LINES:
            self._shown = time.monotonic()
            self.say(text)


class Spinner:
    """A line that turns at the bottom, with what stays above it."""

    def __init__(self, console: Console, status: Status) -> None:
        self._console = console
        self._status = status

    def say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False)

    def show(self, text: str) -> None:
        self._status.update(text)


@contextmanager
def progress_on(stream: TextIO = sys.stderr, *, title: str = "") -> Iterator[Progress]:
    """The progress that suits `stream`."""
    if not stream.isatty():
        yield Lines(stream)
        return
    console = Console(file=stream)
    with console.status(title) as status:
        yield Spinner(console, status)
