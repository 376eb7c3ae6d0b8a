"""The recorder: whole calls as JSON lines, secrets masked, in a file of limited size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dynostack.heroku import full_disk
from dynostack.heroku.control.recorder import masking

LARGEST_BYTES = 16 << 20
"""The file that has grown so large becomes `.1.jsonl`, in the place of the one before."""
LARGEST_BODY = 1 << 18


@dataclass(frozen=True)
class Told:
    """What a call said and was answered, its secrets among it."""

    path: str
    query: Mapping[str, str]
    asked: bytes
    answered: bytes | None


class Recorder:
    """Off until it is started, also after a restart of the local Heroku."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._file: IO[bytes] | None = None

    @property
    def on(self) -> bool:
        return self._file is not None

    def start(self) -> None:
        """Begin with an empty recording."""
        self.stop()
        self._before.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)
        self._open()

    def stop(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def write(self, call: Mapping[str, Any], told: Told) -> None:
        """Keep a call with its bodies; a body that is not JSON is told by its size.

        On a full disk a call is left out.
        """
        document = {
            **call,
            "query": masking.query(told.query),
            "request": _body(told.path, told.asked),
            "response": _body(told.path, told.answered),
        }
        line = f"{json.dumps(document, ensure_ascii=False)}\n".encode()
        if self._file:
            with full_disk.forgiven():
                if full_disk.append(self._file.fileno(), line) >= LARGEST_BYTES:
                    self._path.replace(self._before)
                    self._open()

    def lines(self) -> list[dict[str, Any]]:
        """What was recorded, the oldest first."""
        files = (file for file in (self._before, self._path) if file.exists())
        return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]

    @property
    def _before(self) -> Path:
        return self._path.with_suffix(".1.jsonl")

    def _open(self) -> None:
        self._path.touch(mode=0o600)
        grown, self._file = self._file, self._path.open("ab", buffering=0)
        if grown:
            grown.close()


def _body(path: str, body: bytes | None) -> Any:
    if not body:
        return None
    try:
        document = json.loads(body) if len(body) <= LARGEST_BODY else None
    except ValueError:
        document = None
    return {"bytes": len(body)} if document is None else masking.masked(path, document)
