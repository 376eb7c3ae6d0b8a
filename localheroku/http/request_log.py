"""One line of JSON a request, for tests that count calls and people who wonder.

It holds no body, no header, no query and no address in a path: those are where secrets are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from localheroku.core.rotating_file import RotatingFile

LARGEST_BYTES = 32 << 20
"""The file that has grown so large becomes `.1.jsonl`, in the place of the one before."""
MAX_NAMES = 20
LONGEST_NAME = 100


class LoggedRequest(TypedDict):
    """A request that was answered; status 0 when it was not.

    `route` is the endpoint's, `client` the product that the User-Agent names, `ms` milliseconds,
    `unknown` the fields that were refused because the endpoint takes none of that name.
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
    """The product that a User-Agent begins with, without its version.  RFC 9110 section 10.1.5"""
    words = (user_agent or "").split()
    return words[0].partition("/")[0] if words else None


def shorten_names(names: Sequence[str]) -> list[str]:
    """As many of the names of fields, and as much of each, as a line has room for."""
    return [name[:LONGEST_NAME] for name in names[:MAX_NAMES]]
