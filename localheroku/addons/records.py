"""The stored records of a service's add-ons: one private JSON file each."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from localheroku.core.addon_service import ServiceFailed
from localheroku.core.atomic_files import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import DataclassInstance

SUFFIX = ".json"
R = TypeVar("R", bound="DataclassInstance")


class RecordFiles(Generic[R]):
    """Records of one kind by id in one folder."""

    def __init__(self, folder: Path, kind: type[R]) -> None:
        self._folder = folder
        self._kind = kind

    def get(self, record_id: str) -> R | None:
        """Return the record last put; None if there is none.

        Raises:
            ServiceFailed: the file is not such a record.
        """
        path = self._path(record_id)
        if not path.exists():
            return None
        try:
            return self._read(json.loads(path.read_text()))
        except (ValueError, TypeError, KeyError):
            raise ServiceFailed(
                f"{path} is damaged: run `dynostack local reset` to start over"
            ) from None

    def put(self, record_id: str, record: R) -> None:
        """Store a record on disk before returning."""
        write_private(self._path(record_id), json.dumps(asdict(record), indent=2) + "\n")

    def remove(self, record_id: str) -> None:
        """Remove a record; it need not exist."""
        self._path(record_id).unlink(missing_ok=True)

    def ids(self) -> list[str]:
        """Return the ids of all records."""
        return sorted(path.stem for path in self._folder.glob(f"*{SUFFIX}"))

    def _read(self, document: dict[str, Any]) -> R:
        # Another version of this program may have stored more fields, or fewer.
        names = (field.name for field in fields(self._kind))
        return self._kind(**{name: document[name] for name in names if name in document})

    def _path(self, record_id: str) -> Path:
        return self._folder / f"{record_id}{SUFFIX}"
