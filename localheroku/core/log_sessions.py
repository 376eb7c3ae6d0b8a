"""What those who asked for an app's log may read, until they come for it."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

# https://devcenter.heroku.com/articles/platform-api-reference#log-session: five minutes.
LIFETIME_SECONDS = 300

LOG_LINE = re.compile(r"\S+ (?P<source>[^\s\[]+)\[(?P<dyno>[^\]]+)\]: ")


@dataclass(frozen=True)
class LogSession:
    """`lines` of the app's log and, with `tail`, what is added; None lets every line through."""

    app_id: str
    lines: int
    tail: bool
    source: str | None
    dyno: str | None

    def shows(self, line: str) -> bool:
        """Whether the line is of the wanted source and dyno; `web` means all web dynos."""
        found = LOG_LINE.match(line)
        if found is None:
            return self.source is None and self.dyno is None
        dynos = (found["dyno"], found["dyno"].partition(".")[0])
        return self.source in (None, found["source"]) and (self.dyno is None or self.dyno in dynos)


class LogSessions:
    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._sessions: dict[str, tuple[float, LogSession]] = {}
        self.ended = asyncio.Event()
        """Set when nobody may read any longer, as the local Heroku stops."""

    def add(self, session: LogSession) -> str:
        """The key that it can be found by for a while."""
        now = self._seconds()
        self._sessions = {
            key: (end, session) for key, (end, session) in self._sessions.items() if end > now
        }
        key = secrets.token_hex(32)
        self._sessions[key] = (now + LIFETIME_SECONDS, session)
        return key

    def find(self, key: str) -> LogSession | None:
        end, session = self._sessions.get(key, (0.0, None))
        return session if end > self._seconds() else None
