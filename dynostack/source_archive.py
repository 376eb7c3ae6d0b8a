"""The archive of a source: what Heroku builds, in the same bytes in each clone of a commit.

Both providers decide by the checksum of the archive whether there is something new to build.
Their state holds its path, so the path is the same on every machine too.
"""

from __future__ import annotations

import os
import shutil
import stat
import struct
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from dynostack.environment.checkout.errors import IncompleteCheckout
from dynostack.environment.checkout.files import SourceFiles, source_files
from dynostack.environment.checkout.git_files import printable

FOLDER = PurePosixPath(".dynostack/sources")
"""The folder of the archives, below the folder of Pulumi.yaml: one folder for each stack."""
BUILD = "build"
"""The name of the build that `dynostack.components.declare` and new projects declare."""

_DRAFT = ".draft-"
_DRAFT_SECONDS = 24 * 60 * 60.0
_LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
"""https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md"""
_LFS_POINTER_BYTES = 1024

_GZIP_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
"""Method deflate, no flags, no time, unknown system.  https://www.rfc-editor.org/rfc/rfc1952"""
_STORED_BYTES = 0xFFFF
"""The most bytes of one stored block.  https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4"""


class ArchiveNotWritten(Exception):
    """The archive cannot be made or written; the message says why and what to do."""


@dataclass(frozen=True)
class Archive:
    """An archive that was written."""

    path: str
    """Its path relative to Pulumi.yaml."""
    note: str
    """One line about files that Git would not deploy, or ""."""


def archive(project: Path, source: str, stack: str, build: str = BUILD) -> Archive:
    """Write the archive of a source, unless it is there already, and return it.

    Args:
        project: the folder of Pulumi.yaml.
        source: the folder that is built, relative to it.
        stack: the stack that builds it.
        build: the name of the build in the program.

    Raises:
        ArchiveNotWritten: if the source is incomplete or cannot be read, or the archive cannot be
            written.
    """
    path = FOLDER / stack / f"{build}.tar.gz"
    with tempfile.TemporaryFile() as packed:
        try:
            files = source_files(project, source)
            pack(files, packed)
        except IncompleteCheckout as error:
            raise ArchiveNotWritten(f"cannot build {source}: {error}") from None
        except OSError as error:
            where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
            raise ArchiveNotWritten(
                f"cannot read {source}: {where}{error.strerror or error}"
            ) from None
        try:
            if not _has(project / path, packed):
                (project / FOLDER.parent).mkdir(mode=0o700, exist_ok=True)
                _write(project / path, packed)
                _prune(project, stack)
        except OSError as error:
            raise ArchiveNotWritten(
                f"cannot write the archive of {source}: {path}: {error.strerror};"
                " run this in a checkout that you may write to"
            ) from None
    return Archive(str(path), files.note)


def pack(files: SourceFiles, into: IO[bytes]) -> None:
    """Write a tar.gz of the files that depends on their names, contents and modes only.

    It is not compressed: zlib, zlib-ng and other libraries compress the same content to different
    bytes, and Heroku would build it again on each change of machine.

    Raises:
        IncompleteCheckout: if a file is a pointer of Git LFS instead of the file.
        OSError: if a file cannot be read.
    """
    with (
        _Stored(into) as stored,
        tarfile.open(fileobj=stored, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as tar,
    ):
        for name in sorted(files.names, key=os.fsencode):
            _add(tar, files, name)


def _add(tar: tarfile.TarFile, files: SourceFiles, name: str) -> None:
    path = files.folder / name
    mode = path.lstat().st_mode
    member = tarfile.TarInfo(name)
    if stat.S_ISLNK(mode):
        member.type, member.linkname, member.mode = tarfile.SYMTYPE, str(path.readlink()), 0o777
        tar.addfile(member)
        return
    member.mode = 0o755 if files.is_executable(name, mode) else 0o644
    with path.open("rb") as content:
        member.size = os.fstat(content.fileno()).st_size
        if member.size < _LFS_POINTER_BYTES and content.read(len(_LFS_POINTER)) == _LFS_POINTER:
            raise IncompleteCheckout(
                f"{printable(name)} is a pointer of Git LFS, not the file",
                "its name into .slugignore, or fetch it with: git lfs pull",
            )
        content.seek(0)
        tar.addfile(member, content)


class _Stored(BytesIO):
    """A file of gzip's format with stored blocks of full size, so that its bytes are defined."""

    def __init__(self, into: IO[bytes]) -> None:
        super().__init__()
        self._into = into
        self._waiting = bytearray()
        self._checksum = self._size = 0
        into.write(_GZIP_HEADER)

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._checksum = zlib.crc32(data, self._checksum)
        self._size += len(data)
        self._waiting += data
        while len(self._waiting) > _STORED_BYTES:
            self._block(is_last=False)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._block(is_last=True)
            self._into.write(struct.pack("<LL", self._checksum, self._size & 0xFFFFFFFF))
        super().close()

    def _block(self, *, is_last: bool) -> None:
        block = bytes(self._waiting[:_STORED_BYTES])
        del self._waiting[:_STORED_BYTES]
        self._into.write(struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF))
        self._into.write(block)


def _has(path: Path, packed: IO[bytes]) -> bool:
    """Return whether a file exists and has this content."""
    try:
        with path.open("rb") as known:
            return os.fstat(known.fileno()).st_size == packed.tell() and all(
                one == other for one, other in zip(_blocks(known), _blocks(packed), strict=True)
            )
    except FileNotFoundError:
        return False


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(1 << 20):
        yield block


def _write(path: Path, packed: IO[bytes]) -> None:
    """Replace a file, so that a preview that runs at the same time reads one or the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed.seek(0)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_DRAFT, delete=False) as draft:
        try:
            shutil.copyfileobj(packed, draft)
            draft.flush()
            Path(draft.name).replace(path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise


def _prune(project: Path, stack: str) -> None:
    """Remove archives of other stacks without a file, and drafts of previews that were killed."""
    for folder in (project / FOLDER).iterdir():
        if folder.name != stack and not (project / f"Pulumi.{folder.name}.yaml").exists():
            shutil.rmtree(folder, ignore_errors=True)
            continue
        for draft in folder.glob(f"{_DRAFT}*"):
            with suppress(FileNotFoundError):
                if time.time() - draft.stat().st_mtime > _DRAFT_SECONDS:
                    draft.unlink()
