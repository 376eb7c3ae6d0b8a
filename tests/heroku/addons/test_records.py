"""Private files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from dynostack.heroku.addons.ports import FIRST, LAST, free_port
from dynostack.heroku.addons.records import Records, write_private


def test_a_record_is_kept_changed_and_forgotten(tmp_path: Path) -> None:
    records = Records(tmp_path / "records")
    assert records.get("a") is None
    assert records.ids() == []
    records.put("a", {"port": 1})
    records.put("a", {"port": 2})
    assert records.get("a") == {"port": 2}
    assert Records(tmp_path / "records").ids() == ["a"]
    records.remove("a")
    records.remove("a")
    assert records.ids() == []


def test_a_private_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "new" / "secret", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret"]


def test_a_free_port_is_none_that_outgoing_connections_use() -> None:
    assert all(FIRST <= free_port() < LAST for _ in range(20))
