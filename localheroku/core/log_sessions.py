"""Log sessions: the part of an app's log that a client may read, with a key that expires."""

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
    """`lines` of the app's log and, with `tail`, later ones; a filter of None matches all."""

    app_id: str
    lines: int
    tail: bool
    source: str | None
    dyno: str | None

    def shows(self, line: str) -> bool:
        """Return whether the line has the requested source and dyno; `web` means all web dynos."""
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
        """Set when the local Heroku stops, after which no log may be read."""

    def add(self, session: LogSession) -> str:
        """Store the session; return its key, which expires after LIFETIME_SECONDS."""
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
