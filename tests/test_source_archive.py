"""The archive of a source: the same bytes in each clone, and never written half."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest

from dynostack.source_archive import ArchiveNotWritten, archive
from tests.environment.checkout.repository import commit, git, repository, write

PATH = ".dynostack/sources/prod/build.tar.gz"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = tmp_path / "shop"
    write(top, {"manage.py": "#!/usr/bin/env python\n", "shop/settings.py": "", "café.txt": "é"})
    write(top, {"a" * 90 + "/" + "b" * 90 + "/" + "c" * 90: "long", "empty/.gitkeep": ""})
    write(
        top, {"infra/Pulumi.yaml": "name: shop\nruntime: python\n", ".gitignore": ".dynostack/\n"}
    )
    write(top, {"infra/Pulumi.prod.yaml": "", "big.txt": "0123456789" * 20_000})
    (top / "manage.py").chmod(0o755)
    (top / "link").symlink_to("manage.py")
    (top / os.fsdecode(b"caf\xe9")).write_text("latin")
    return repository(top)


def digest(top: Path, source: str = "..", project: str = "infra") -> str:
    written = archive(top / project, source, "prod")
    assert written.path == PATH
    return hashlib.sha256((top / project / PATH).read_bytes()).hexdigest()


def test_two_clones_have_the_same_bytes(top: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "clone"
    subprocess.run(["git", "clone", "-q", str(top), str(other)], check=True, umask=0o077)
    for file in other.rglob("*.py"):
        os.utime(file, (1, 1))
    assert digest(other) == digest(top)


def test_what_git_would_not_deploy_changes_nothing(top: Path) -> None:
    before = digest(top)
    (top / "shop/settings.py").touch()
    (top / "shop/settings.py").chmod(0o600)
    write(top, {"shop/__pycache__/settings.pyc": "x", "infra/Pulumi.prod.yaml": "config: {}"})
    git(top, "commit", "-q", "--allow-empty", "-m", "nothing")
    git(top, "gc", "-q")
    (top / "no files").mkdir()
    assert digest(top) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda top: write(top, {"shop/settings.py": "DEBUG = True"}),
        lambda top: write(top, {"shop/new.py": ""}),
        lambda top: (top / "shop/settings.py").unlink(),
        lambda top: (top / "shop/settings.py").chmod(0o755),
        lambda top: (top / "shop/settings.py").rename(top / "shop/other.py"),
    ],
)
def test_what_git_would_deploy_changes_the_bytes(top: Path, change: object) -> None:
    assert callable(change)
    before = digest(top)
    change(top)
    assert digest(top) != before


def test_other_programs_unpack_it(top: Path, tmp_path: Path) -> None:
    digest(top)
    (tmp_path / "unpacked").mkdir()
    with (top / "infra" / PATH).open("rb") as packed:
        subprocess.run(["tar", "xz", "-C", str(tmp_path / "unpacked")], stdin=packed, check=True)
    shutil.rmtree(top / "infra")
    shutil.rmtree(top / ".git")
    subprocess.run(["diff", "-r", str(top), str(tmp_path / "unpacked")], check=True)
    manage = tmp_path / "unpacked/manage.py"
    assert manage.stat().st_mode & 0o777 & ~stat.S_IWGRP == 0o755
    assert (tmp_path / "unpacked/link").readlink() == Path("manage.py")


def test_it_has_no_times_owners_or_other_modes(top: Path) -> None:
    digest(top)
    with tarfile.open(top / "infra" / PATH) as tar:
        members = tar.getmembers()
    assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in members} == {
        (0, 0, 0, "", "")
    }
    assert {each.mode for each in members if each.isreg()} == {0o644, 0o755}
    names = [os.fsencode(each.name) for each in members]
    assert names == sorted(names)


def test_its_bytes_do_not_depend_on_the_compressor(top: Path) -> None:
    digest(top)
    packed = (top / "infra" / PATH).read_bytes()
    unpacked = gzip.decompress(packed)
    blocks = -(-len(unpacked) // 0xFFFF)
    assert len(packed) == 10 + len(unpacked) + 5 * blocks + 8
    assert packed[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


@pytest.mark.parametrize("size", [0, 1, 0xFFFF - 1536, 0xFFFF, 0x1FFFE])
def test_every_size_is_packed_whole(tmp_path: Path, size: int) -> None:
    write(tmp_path, {"Pulumi.yaml": "name: shop", "Pulumi.prod.yaml": "", "site/a": "a" * size})
    digest(tmp_path, "site", ".")
    with tarfile.open(tmp_path / PATH) as tar:
        content = tar.extractfile("a")
        assert content
        assert content.read() == b"a" * size


def test_an_unchanged_archive_is_not_written_again(top: Path) -> None:
    digest(top)
    before = (top / "infra" / PATH).stat()
    digest(top)
    after = (top / "infra" / PATH).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.fixture
def as_another_user() -> list[str]:
    """Return the words that run a command without the rights of root over files."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and setpriv is not installed")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


def test_a_checkout_that_is_read_only_says_so(top: Path, as_another_user: list[str]) -> None:
    program = (
        "import sys; from pathlib import Path; from dynostack.source_archive import archive\n"
        "try: print(archive(Path(sys.argv[1]), '..', 'prod').path)\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    command = [*as_another_user, sys.executable, "-c", program, str(top / "infra")]
    (top / "infra").chmod(0o555)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == (
        f"ArchiveNotWritten cannot write the archive of ..: {PATH}: Permission denied;"
        " run this in a checkout that you may write to\n"
    )
    (top / "infra").chmod(0o755)
    digest(top)
    (top / "infra/.dynostack/sources/prod").chmod(0o555)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{PATH}\n"


def test_a_pointer_of_git_lfs_is_an_error(top: Path) -> None:
    write(top, {"logo.psd": POINTER})
    with pytest.raises(
        ArchiveNotWritten, match=r"cannot build \.\.: logo\.psd is a pointer of Git"
    ):
        digest(top)
    write(top, {".slugignore": "*.psd"})
    digest(top)


def test_a_source_that_cannot_be_read_is_an_error(top: Path) -> None:
    with pytest.raises(ArchiveNotWritten, match=r"cannot read \.\./no: .*No such file"):
        digest(top, "../no")
    assert not (top / "infra/.dynostack").exists()


def test_archives_of_other_stacks_and_drafts_are_removed(top: Path) -> None:
    sources = top / "infra/.dynostack/sources"
    write(sources, {"gone/build.tar.gz": "", "prod/.draft-1": "", "prod/.draft-2": ""})
    write(sources, {"staging/build.tar.gz": ""})
    write(top, {"infra/Pulumi.staging.yaml": ""})
    long_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(sources / "prod/.draft-1", (long_ago, long_ago))
    digest(top)
    there = {str(each.relative_to(sources)) for each in sources.rglob("*") if each.is_file()}
    assert there == {"prod/build.tar.gz", "prod/.draft-2", "staging/build.tar.gz"}


def test_previews_at_the_same_time_never_see_half_an_archive(top: Path) -> None:
    """While one stack's archive changes all the time, a reader finds only whole ones."""
    known = {digest(top)}
    write(top, {"big.txt": "x" * 3_000_000})
    known.add(digest(top))
    ended = threading.Event()

    def change() -> None:
        while not ended.is_set():
            for text in ("x" * 3_000_000, "0123456789" * 20_000):
                write(top, {"big.txt.new": text})
                (top / "big.txt.new").replace(top / "big.txt")
                archive(top / "infra", "..", "prod")

    writer = threading.Thread(target=change)
    writer.start()
    try:
        seen = {hashlib.sha256((top / "infra" / PATH).read_bytes()).hexdigest() for _ in range(200)}
    finally:
        ended.set()
        writer.join()
    assert seen <= known


def test_the_note_names_what_git_does_not_track(top: Path) -> None:
    write(top, {"new.py": ""})
    assert archive(top / "infra", "..", "prod").note == (
        "building a file of .. that Git does not track: new.py"
    )
    commit(top)
    assert archive(top / "infra", "..", "prod").note == ""
