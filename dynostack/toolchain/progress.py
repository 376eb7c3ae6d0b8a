"""Progress of a long step: a spinner on a terminal, a line every 10 seconds in a log."""

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
    """The interface by which the toolchain reports what it does."""

    def say(self, text: str) -> None:
        """Report a decision or a result, which stays on the screen."""

    def show(self, text: str) -> None:
        """Report the progress of a running step, which the next call replaces."""


class Lines:
    """Progress as lines of text, at most one for a running step every 10 seconds."""

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
    """Progress as lines of text, with a running step in the bottom line."""

    def __init__(self, say: Callable[[str], None], status: Status) -> None:
        self._say = say
        self._status = status

    def say(self, text: str) -> None:
        self._say(text)

    def show(self, text: str) -> None:
        self._status.update(escape(text))


@contextmanager
def progress_on(say: Callable[[str], None], *, title: str) -> Iterator[Progress]:
    """Return a spinner if stderr, where `say` writes too, is a terminal; else lines."""
    if not sys.stderr.isatty():
        yield Lines(say)
        return
    with Console(stderr=True).status(title) as status:
        yield Spinner(say, status)
