"""Equal files of two slugs take the space of one."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from localheroku.dynos import shared_files

FILES = {"same": "x" * 9, "folder/same": "y", "changed": "old", "mode": "z", "gone": "here"}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def test_equal_files_become_one(tmp_path: Path) -> None:
    earlier = write(tmp_path / "one" / "app", FILES)
    later = {**FILES, "changed": "new", "new/folder/file": "x"}
    del later["gone"]
    new = write(tmp_path / "two" / "app", later)
    (new / "mode").chmod(0o755)
    (new / "link").symlink_to("same")
    (earlier / "link").symlink_to("same")

    shared_files.share(new, earlier)

    shared = {path for path in FILES if (new / path).exists() and same(new / path, earlier / path)}
    assert shared == {"same", "folder/same"}
    assert contents(new) == {**later, "link": FILES["same"]}
    assert contents(earlier) == {**FILES, "link": FILES["same"]}
    assert (new / "link").is_symlink()
    assert sorted(path.name for path in new.parent.iterdir()) == ["app"]
    shared_files.share(new, earlier)


def same(one: Path, two: Path) -> bool:
    return one.samefile(two)


@pytest.mark.parametrize("number", [errno.EXDEV, errno.ENOSPC])
def test_a_disk_without_links_has_both_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    earlier, new = (write(tmp_path / name / "app", FILES) for name in ("one", "two"))

    def refuse(*_: object) -> None:
        raise OSError(number, "no link")

    monkeypatch.setattr(os, "link", refuse)
    if number == errno.ENOSPC:
        with pytest.raises(OSError, match="no link"):
            shared_files.share(new, earlier)
    else:
        shared_files.share(new, earlier)
    assert contents(new) == FILES
