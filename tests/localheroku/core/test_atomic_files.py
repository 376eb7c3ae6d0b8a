"""Files that are either complete or unchanged."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from localheroku.core.atomic_files import rewrite, write_private, write_private_once, write_script


def test_a_private_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "new" / "secret", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret"]


def test_the_first_of_two_write_once_files_stays(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    write_private_once(secret, b"first")
    write_private_once(secret, b"second")
    assert secret.read_bytes() == b"first"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [secret]


def test_a_failed_replacement_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_private(tmp_path / "folder", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_rewritten_file_keeps_its_permissions_and_its_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "file").chmod(0o640)
    (tmp_path / "link").symlink_to("file")
    rewrite(tmp_path / "link", "new")
    assert (tmp_path / "file").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640
    assert (tmp_path / "link").is_symlink()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_script_can_be_started(tmp_path: Path) -> None:
    write_script(tmp_path / "bin" / "greet", "#!/bin/sh\necho hello\n")
    done = subprocess.run([tmp_path / "bin" / "greet"], capture_output=True, text=True, check=True)
    assert done.stdout == "hello\n"
