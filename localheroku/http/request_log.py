"""A log with one line of JSON for each request, for tests that count calls and for users.

It contains no body, header, query or address in a path, as these may contain secrets.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from localheroku.core.rotating_file import RotatingFile

LARGEST_BYTES = 32 << 20
"""When the file exceeds this size it becomes `.1.jsonl` and replaces the previous one."""
MAX_NAMES = 20
LONGEST_NAME = 100


class LoggedRequest(TypedDict):
    """A request and its answer; status 0 if it was not answered.

    `route` is the endpoint's, `client` the product that the User-Agent names, `ms` milliseconds,
    `unknown` the fields that were rejected because the endpoint has none of that name.
    """

    time: str
    method: str
    path: str
    status: int
    ms: float
    request_id: str
    route: str | None
    client: str | None
    unknown: list[str]


class RequestLog:
    def __init__(self, file: Path) -> None:
        self._file = RotatingFile(file)

    def write(self, request: LoggedRequest) -> None:
        self._file.write(json.dumps(request), LARGEST_BYTES)

    def close(self) -> None:
        self._file.close()


def product(user_agent: str | None) -> str | None:
    """Return the product that a User-Agent starts with, unversioned.  RFC 9110 section 10.1.5."""
    words = (user_agent or "").split()
    return words[0].partition("/")[0] if words else None


def shorten_names(names: Sequence[str]) -> list[str]:
    """Return as many of the field names, and as much of each, as a line has room for."""
    return [name[:LONGEST_NAME] for name in names[:MAX_NAMES]]
