"""The stored records of add-ons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from localheroku.addons.records import RecordFiles
from localheroku.core.addon_service import ServiceFailed


@dataclass(frozen=True)
class Cache:
    port: int


def test_a_record_is_kept_changed_and_forgotten(tmp_path: Path) -> None:
    records = RecordFiles(tmp_path / "records", Cache)
    assert records.get("a") is None
    assert records.ids() == []
    records.put("a", Cache(1))
    records.put("a", Cache(2))
    assert records.get("a") == Cache(2)
    assert RecordFiles(tmp_path / "records", Cache).ids() == ["a"]
    records.remove("a")
    records.remove("a")
    assert records.ids() == []


def test_a_record_of_another_version_is_understood(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"port": 1, "pid": 17}')
    assert RecordFiles(tmp_path, Cache).get("a") == Cache(1)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_the_error_of_a_damaged_record_says_how_to_recover(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(ServiceFailed, match=r"a\.json is damaged: .*dynostack local reset"):
        RecordFiles(tmp_path, Cache).get("a")
