"""What a source's .slugignore removes before a build."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.dynos.slugignore import remove_ignored

FILES = ("docs/a/b.md", "manage.py", "shop/docs/c.md", "shop/logo.psd", "tests/test.py")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "link.psd").symlink_to("shop", target_is_directory=True)
    return tmp_path


def names(source: Path) -> set[str]:
    paths = (path for path in source.rglob("*") if path.is_symlink() or path.is_file())
    return {str(path.relative_to(source)) for path in paths}


def test_a_source_without_the_file_stays(source: Path) -> None:
    remove_ignored(source)
    assert set(FILES) < names(source)


def test_what_the_file_names_is_removed(source: Path) -> None:
    patterns = "# large\n/docs/\n*.psd\ntests\n!manage.py\n.slug*\n"
    (source / ".slugignore").write_text(patterns)
    remove_ignored(source)
    assert names(source) == {".slugignore", "manage.py", "shop/docs/c.md"}
    assert not (source / "docs").exists()
    assert (source / "shop").is_dir()
