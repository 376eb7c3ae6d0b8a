"""The recorder: whole calls as JSON lines, secrets masked, in a file of limited size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localheroku.control.recorder import masking
from localheroku.core.rotating_file import RotatingFile, previous

LARGEST_BYTES = 16 << 20
"""When the file exceeds this size it becomes `.1.jsonl` and replaces the previous one."""
LARGEST_BODY = 1 << 18


@dataclass(frozen=True)
class RecordedCall:
    """A call and its answer, secrets included."""

    path: str
    query: Mapping[str, str]
    request_body: bytes
    response_body: bytes | None


class Recorder:
    """Records calls while it is on; it is off at first and after each restart."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._lines: RotatingFile | None = None

    @property
    def is_on(self) -> bool:
        return self._lines is not None

    def start(self) -> None:
        """Start an empty recording."""
        self.stop()
        previous(self._path).unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)
        self._lines = RotatingFile(self._path)

    def stop(self) -> None:
        if self._lines:
            self._lines.close()
            self._lines = None

    def write(self, call: Mapping[str, Any], recorded_call: RecordedCall) -> None:
        """Write a call with secrets masked; for a body that is not JSON, write only its size."""
        document = {
            **call,
            "query": masking.mask_query(recorded_call.query),
            "request": _body(recorded_call.path, recorded_call.request_body),
            "response": _body(
                recorded_call.path, recorded_call.response_body, is_error=call["status"] >= 400
            ),
        }
        if self._lines:
            self._lines.write(json.dumps(document, ensure_ascii=False), LARGEST_BYTES)

    def lines(self) -> list[dict[str, Any]]:
        """Return the recorded calls, oldest first."""
        files = (file for file in (previous(self._path), self._path) if file.exists())
        return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def _body(path: str, body: bytes | None, *, is_error: bool = False) -> Any:
    if not body:
        return None
    try:
        document = json.loads(body) if len(body) <= LARGEST_BODY else None
    except ValueError:
        document = None
    if document is None:
        return {"bytes": len(body)}
    return masking.mask(path, document, is_error=is_error)
