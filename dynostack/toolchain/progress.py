"""How a long step tells that it is alive: a spinner on a terminal, a line at times in a log."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.status import Status

SECONDS_BETWEEN_LINES = 10.0


class Progress(Protocol):
    """Told by the toolchain what happens."""

    def say(self, text: str) -> None:
        """A decision or a result: stays on the screen."""

    def show(self, text: str) -> None:
        """Where a running step is: the next call replaces it."""


class Lines:
    """A running step tells where it is now and then."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._next = 0.0

    def say(self, text: str) -> None:
        self._say(text)

    def show(self, text: str) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + SECONDS_BETWEEN_LINES
            self._say(text)


class Spinner:
    """A running step tells where it is in the line at the bottom."""

    def __init__(self, say: Callable[[str], None], status: Status) -> None:
        self._say = say
        self._status = status

    def say(self, text: str) -> None:
        self._say(text)

    def show(self, text: str) -> None:
        self._status.update(escape(text))


@contextmanager
def progress_on(say: Callable[[str], None], *, title: str) -> Iterator[Progress]:
    """The progress that suits standard error, where `say` writes too."""
    if not sys.stderr.isatty():
        yield Lines(say)
        return
    with Console(stderr=True).status(title) as status:
        yield Spinner(say, status)
