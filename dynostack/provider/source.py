"""Source code on this machine: its archive, and a checksum that shows when it changes."""

from __future__ import annotations

import gzip
import hashlib
import os
import posixpath
import shutil
import stat
import tarfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = 1 << 20


def checksum(source: str) -> str:
    """Return the checksum of the source, in the form of the published provider.

    The checksum of a file is that of its bytes; the checksum of a directory covers the names and
    contents of everything in it, so that a fresh clone has the same one.
    https://github.com/heroku/terraform-provider-heroku/blob/v5.2.10/docs/resources/build.md
    """
    digest = hashlib.sha256()
    if not Path(source).is_dir():
        _feed(digest, source)
        return _written(digest)
    for path, name in _walk(source):
        digest.update(os.fsencode(f"{name}\n"))
        if stat.S_ISREG(os.lstat(path).st_mode):
            _feed(digest, path)
    return _written(digest)


def pack(source: str, into: IO[bytes]) -> None:
    """Write a tar.gz of everything in a directory, or the file itself.

    Names are relative to the directory, so that Heroku finds its content at the top.  The same
    source gives the same bytes: sorted, without dates and owners.  A file with several names (hard
    links) is packed under each of them.
    """
    if not Path(source).is_dir():
        with Path(source).open("rb") as content:
            shutil.copyfileobj(content, into)
        return
    with (
        gzip.GzipFile(filename="", fileobj=into, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        top = os.path.realpath(source)
        for path in _below(top):
            if path != top:
                _add(tar, path, os.path.relpath(path, top))


def _add(tar: tarfile.TarFile, path: str, name: str) -> None:
    member = tar.gettarinfo(path, name)
    if member is None:
        return
    if member.islnk():
        member.type, member.linkname, member.size = tarfile.REGTYPE, "", os.lstat(path).st_size
    member.mtime = 0
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    if member.isreg():
        with Path(path).open("rb") as content:
            tar.addfile(member, content)
    else:
        tar.addfile(member)


def _walk(source: str) -> Iterator[tuple[str, str]]:
    """Yield paths and their names in the checksum, in the order of Go's filepath.Walk.

    A name starts with the directory's own name.
    """
    base = posixpath.basename(source.rstrip("/")) or "/"
    for path in _below(source):
        name = posixpath.normpath(posixpath.join(base, path.removeprefix(source).lstrip("/")))
        yield path, name


def _below(path: str) -> Iterator[str]:
    ahead = [path]
    while ahead:
        yield (found := ahead.pop())
        if stat.S_ISDIR(os.lstat(found).st_mode):
            entries = (entry.name for entry in Path(found).iterdir())
            names = sorted(entries, key=os.fsencode, reverse=True)
            ahead += (posixpath.normpath(posixpath.join(found, name)) for name in names)


def _feed(digest: hashlib._Hash, path: str) -> None:
    with Path(path).open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)


def _written(digest: hashlib._Hash) -> str:
    return f"SHA256:{digest.hexdigest()}"
