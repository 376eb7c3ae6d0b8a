"""One line of JSON a request, for tests that count calls and people who wonder.

It holds no body, no header and no query: those are where secrets are.
"""

from __future__ import annotations

import json
from pathlib import Path


class RequestLog:
    def __init__(self, file: Path) -> None:
        file.touch(mode=0o600)
        self._file = file.open("a", buffering=1, encoding="utf-8")

    def write(
        self, time: str, method: str, path: str, status: int, milliseconds: float, request_id: str
    ) -> None:
        line = {
            "time": time,
            "method": method,
            "path": path,
            "status": status,
            "ms": round(milliseconds, 1),
            "request_id": request_id,
        }
        self._file.write(f"{json.dumps(line)}\n")

    def close(self) -> None:
        self._file.close()
