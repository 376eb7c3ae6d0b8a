"""Tests of the checksum and the archive of source folders.

The checksums were computed by pulumiverse_heroku 1.0.4 from the same files.
"""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from dynostack.provider.source import checksum, pack


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {"a": "a\n", "sub/b": "b\n", ".hid/c": "c\n", ".env": "d\n", "sub é": "e\n"}
    files["sub-x"] = "f\n"
    root = tmp_path / "tree"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "link").symlink_to("a")
    (root / "dirlink").symlink_to("sub")
    (root / "empty").mkdir()
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".", "c1b45075e99b2b3656dc32c597bc2327ec3cfd709471433bdff57aaf2f66fd33"),
        ("./", "1de0c091eba76ea837708fd8cb1fbe61d9de47df3762b5effe890f464dfa7c6a"),
        ("../tree", "3b4c1026bf94295afb39438b530eb8274c3a034427c8c79877ce8a7dbf9eca81"),
        ("dirlink", "df28fa56d2d9c326981aad9b0786baa2b6bbc36a81282dee96fbaea0d9cb3790"),
        ("a", "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"),
    ],
)
def test_checksum_is_that_of_the_published_provider(tree: Path, path: str, expected: str) -> None:
    assert checksum(path) == f"SHA256:{expected}"


def _packed(path: str) -> bytes:
    into = io.BytesIO()
    pack(path, into)
    return into.getvalue()


def test_the_same_source_gives_the_same_archive(tree: Path) -> None:
    first = _packed(".")
    os.utime("a", (1, 1))
    assert _packed(str(tree)) == first


def test_an_archive_has_all_files_below_the_folder(tree: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(_packed("."))) as tar:
        members = {member.name: member for member in tar}
        content = tar.extractfile("sub/b")
        assert content is not None
        assert content.read() == b"b\n"
    names = [".env", ".hid", ".hid/c", "a", "dirlink", "empty", "link", "sub", "sub/b", "sub-x"]
    assert members.keys() == {*names, "sub é"}
    assert members["link"].linkname == "a"
    assert {(each.mtime, each.uid, each.uname) for each in members.values()} == {(0, 0, "")}


def test_a_source_that_is_an_archive_is_sent_as_it_is(tree: Path) -> None:
    assert _packed("a") == b"a\n"


def test_a_file_with_several_names_is_packed_with_each(tree: Path) -> None:
    """Check that the archive equals that of a clone, which has no hard links."""
    (tree / "sub/same").hardlink_to(tree / "a")
    linked = _packed(".")
    with tarfile.open(fileobj=io.BytesIO(linked)) as tar:
        (content,) = (tar.extractfile(each) for each in tar.getmembers() if each.name == "sub/same")
        assert not any(member.islnk() for member in tar)
    assert content is not None
    (tree / "sub/same").unlink()
    (tree / "sub/same").write_text("a\n")
    assert _packed(".") == linked


def test_folders_deeper_than_python_calls_functions(tree: Path) -> None:
    deep = "/".join(["d"] * 1_200)
    subprocess.run(["mkdir", "-p", deep], cwd=tree, check=True)
    with tarfile.open(fileobj=io.BytesIO(_packed("."))) as tar:
        assert deep in tar.getnames()
    with_deep = checksum(".")
    # Python's own removal of folders fails at this depth, too.
    subprocess.run(["rm", "-r", "d"], cwd=tree, check=True)
    assert checksum(".") != with_deep


def test_names_that_are_not_utf_8(tree: Path) -> None:
    (tree / "n\udcff").write_text("x")
    with tarfile.open(fileobj=io.BytesIO(_packed("."))) as tar:
        assert "n\udcff" in tar.getnames()
    assert checksum(".").startswith("SHA256:")
