"""Untrusted tar archives, with a limit on everything that a header can claim."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from localheroku.dynos import limits

GZIP = b"\x1f\x8b"
CHUNK_BYTES = 1 << 16
MAX_COMMON_FIELDS = 1_000
"""Fields that apply to all members; each member gets a copy of them."""
LONG_NUMBER = re.compile(rb"[0-9]{256}")
"""More digits than a file name may have.

Pythons before 3.11.10 and 3.12.6 search a header for a number in quadratic time.

https://nvd.nist.gov/vuln/detail/CVE-2024-6232
"""
DAMAGE_ERRORS = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)
HEADER_ERRORS = (ValueError, ArithmeticError, LookupError, RecursionError)
"""Errors that tarfile does not catch when the fields of a header are invalid."""


class ArchiveRefused(Exception):
    """The archive is damaged or exceeds a limit; the text continues after the archive's name."""


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a tar archive, compressed with gzip or not.

    Raises:
        ArchiveRefused: it is not such an archive, or what the block reads from it is damaged.
    """
    with path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        try:
            if packed:
                with gzip.GzipFile(fileobj=file) as content:
                    yield Archive(content, packed=True)
            else:
                yield Archive(file, packed=False)
        except DAMAGE_ERRORS as error:
            raise ArchiveRefused(f"is not a readable tar.gz archive: {error}") from None


class Archive:
    """The members of an archive, to be iterated over once."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile, *, packed: bool) -> None:
        self._packed = packed
        self._stream = _Stream(file)
        with self._stream.header():
            self._tar = _Tar(fileobj=self._stream)

    def __iter__(self) -> Iterator[tarfile.TarInfo]:
        """Yield each member; read its content before the next.

        Raises:
            ArchiveRefused: the archive exceeds a limit, or is truncated.
        """
        number = size = 0
        while (member := self._next()) is not None:
            number += 1
            if number > limits.MAX_FILES:
                raise ArchiveRefused(f"has more than {limits.MAX_FILES} files and folders")
            if member.size < 0 or member.offset_data < 0:
                raise tarfile.ReadError("a size is negative")
            size += tarfile.BLOCKSIZE + (member.size if member.isreg() else 0)
            _check_size(max(size, self._tar.offset))
            yield member
        self._check_end()

    def content(self, member: tarfile.TarInfo) -> IO[bytes]:
        """Return the content of a member that is a file."""
        content: IO[bytes] | None = self._tar.extractfile(member)
        if content is None:
            raise tarfile.ReadError(f"{member.name} has no content")
        return content

    def _next(self) -> tarfile.TarInfo | None:
        with self._stream.header():
            member: tarfile.TarInfo | None = self._tar.next()
        self._tar.members.clear()
        if len(self._tar.pax_headers) > MAX_COMMON_FIELDS:
            raise tarfile.ReadError(f"it has more than {MAX_COMMON_FIELDS} global header fields")
        return member

    def _check_end(self) -> None:
        """Check that the archive is complete: tarfile treats a damaged header as the end."""
        end = self._stream.last
        if end.strip(b"\0") or 0 < len(end) < tarfile.BLOCKSIZE or not (end or self._packed):
            raise tarfile.ReadError("it is damaged or truncated")
        # The end is one record, which does not count.
        position = self._tar.offset - tarfile.RECORDSIZE
        while chunk := self._stream.read(CHUNK_BYTES):
            position += len(chunk)
            _check_size(position)


def _check_size(size: int) -> None:
    if size > limits.MAX_BYTES:
        raise ArchiveRefused(f"is too large: the limit is {limits.MAX_BYTES} bytes")


class _Tar(tarfile.TarFile):
    members: list[tarfile.TarInfo]
    """All members read so far, which tarfile keeps for a second pass."""


class _Stream(io.BufferedIOBase):
    """A file that limits the bytes that a header can have."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file
        self._remaining: int | None = None
        """Bytes that the current header may still have; None outside a header."""
        self.last = b""
        """The bytes of a header that were read last."""

    @contextmanager
    def header(self) -> Iterator[None]:
        """Limit the reads in the context, and report damage as one kind of error."""
        self._remaining = limits.MAX_HEADER_BYTES
        try:
            yield
        except HEADER_ERRORS as error:
            raise tarfile.ReadError(f"a header is invalid: {error}") from None
        finally:
            self._remaining = None

    def read(self, size: int | None = -1, /) -> bytes:
        if self._remaining is None or size is None:
            return self._file.read(-1 if size is None else size)
        if not 0 <= size <= self._remaining:
            raise tarfile.ReadError(f"a header has more than {limits.MAX_HEADER_BYTES} bytes")
        self._remaining -= size
        self.last = self._file.read(size)
        if LONG_NUMBER.search(self.last):
            raise tarfile.ReadError("a header has a number of more than 255 digits")
        return self.last

    def seek(self, position: int, whence: int = 0, /) -> int:
        return self._file.seek(position, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True
