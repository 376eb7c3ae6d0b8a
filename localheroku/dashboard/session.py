"""Links that work once, and the sessions that browsers exchange them for.

A session has two halves: one in a cookie that no script reads, one that the page's script keeps and
sends as a header. Browsers send a cookie to every port of a host, even when a page of another site
makes the request; they keep the other half to the page's own origin.
https://www.rfc-editor.org/rfc/rfc6265#section-8.5
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

CODE_SECONDS = 60.0
SESSION_SECONDS = 12 * 3600.0
MAX_SESSIONS = 32
"""The maximum number of sessions, and of codes; a new one replaces the oldest."""


@dataclass(frozen=True)
class SessionKeys:
    """The two halves of a session's secret: for the browser's cookie and for the page's header."""

    cookie: str
    header: str


class BrowserSessions:
    """All sessions of this process; they end with it."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._codes: dict[str, float] = {}
        self._sessions: dict[str, float] = {}

    def create_code(self) -> str:
        """Return a code that opens one session within CODE_SECONDS."""
        code = secrets.token_urlsafe(32)
        self._store(self._codes, code, CODE_SECONDS)
        return code

    def open(self, code: str) -> SessionKeys | None:
        """Open a session for a code and invalidate the code; return None for an invalid code."""
        if self._codes.pop(_digest(code), 0.0) <= self._seconds():
            return None
        keys = SessionKeys(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        self._store(self._sessions, _joined(keys), SESSION_SECONDS)
        return keys

    def is_open(self, keys: SessionKeys) -> bool:
        """Return whether these are the halves of one session that has not ended."""
        return self._sessions.get(_digest(_joined(keys)), 0.0) > self._seconds()

    def _store(self, ends: dict[str, float], secret: str, seconds: float) -> None:
        now = self._seconds()
        for key in [key for key, end in ends.items() if end <= now]:
            del ends[key]
        if len(ends) >= MAX_SESSIONS:
            del ends[next(iter(ends))]
        ends[_digest(secret)] = now + seconds


def _joined(keys: SessionKeys) -> str:
    return f"{keys.cookie} {keys.header}"


def _digest(secret: str) -> str:
    """Return the secret's digest, so that the time of a lookup reveals nothing about the secret."""
    return sha256(secret.encode(errors="surrogateescape")).hexdigest()
