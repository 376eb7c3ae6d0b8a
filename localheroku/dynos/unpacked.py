"""The folder that an archive is unpacked into: nothing is written or linked outside it."""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
from pathlib import Path
from typing import IO

from localheroku.dynos import limits
from localheroku.dynos.archive import Archive
from localheroku.dynos.links import LinkLeadsOutside, SymbolicLinks
from localheroku.dynos.paths import printable

EXECUTABLE, PLAIN = 0o755, 0o644


class MemberRefused(Exception):
    """A member of the archive is not allowed in the folder; the text says which and why."""


class UnpackedFolder:
    """A new folder, filled member by member."""

    def __init__(self, folder: Path, label: str) -> None:
        """Use an empty folder.

        Args:
            folder: the folder, into which no other code writes.
            label: how messages call the archive, such as "the source".
        """
        self._root = os.fspath(folder)
        self._label = label
        self._links = SymbolicLinks()
        self._folders = {""}
        """Paths of existing folders, none of them through a link."""

    def add(self, archive: Archive, member: tarfile.TarInfo) -> None:
        """Write a member; a later one of the same name replaces it.

        Raises:
            MemberRefused: it is not allowed in a source.
            OSError: it cannot be written.
        """
        path = self._resolve_member(member.name)
        if member.isdir():
            self._make_folder(path, member)
        elif not path:
            raise self._refused(member, "is not a folder")
        elif "\0" in member.linkname:
            raise self._refused(member, "is a link with an invalid target")
        elif member.issym():
            self._clear(path, member)
            Path(self._root, path).symlink_to(member.linkname)
            self._links.add(path, member.linkname)
        elif member.islnk():
            self._add_hard_link(path, member)
        elif member.isfile():
            self._add_file(path, archive, member)
        else:
            raise self._refused(member, "is not a file, folder or link")

    def check_links(self, top: str) -> None:
        """Check that no symbolic link leads out of the folder, after all members were added.

        Args:
            top: the folder in it that will remain alone, which its links must not leave either.

        Raises:
            MemberRefused: a link leads out of it.
        """
        for path in self._links.leading_outside(top):
            raise self._outside(path)

    def _resolve_member(self, name: str) -> str:
        """Return where a member belongs, as a path without links whose folder exists."""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts or "\0" in name:
            raise self._outside(name)
        # The top folder that many archives have does not count.
        if len(parts) - 2 > limits.MAX_DEPTH:
            raise MemberRefused(
                f"{printable(name)} in {self._label} is inside more than {limits.MAX_DEPTH} folders"
            )
        if len(os.fsencode("/".join(parts[1:]))) > limits.MAX_PATH_BYTES:
            raise MemberRefused(
                f"{printable(name)} in {self._label} is longer than {limits.MAX_PATH_BYTES} bytes"
            )
        if not parts:
            return ""
        folder = "/".join(parts[:-1])
        if folder not in self._folders:
            folder = self._resolved(folder, name)
            self._make_folders(folder, name)
        return f"{folder}/{parts[-1]}" if folder else parts[-1]

    def _resolved(self, path: str, name: str) -> str:
        try:
            return self._links.resolve(path)
        except LinkLeadsOutside:
            raise self._outside(name) from None

    def _make_folders(self, path: str, name: str) -> None:
        created = ""
        for part in path.split("/") if path else ():
            created = f"{created}/{part}" if created else part
            if created in self._folders:
                continue
            folder = Path(self._root, created)
            try:
                folder.mkdir()
            except FileExistsError:
                # On a case-insensitive disk the existing entry can have another name.
                if not stat.S_ISDIR(folder.lstat().st_mode):
                    raise MemberRefused(
                        f"{printable(name)} in {self._label} needs the folder "
                        f"{printable(created)}, which is a file"
                    ) from None
            self._folders.add(created)

    def _make_folder(self, path: str, member: tarfile.TarInfo) -> None:
        # An earlier link to a folder may take its place.
        self._make_folders(self._resolved(path, member.name), member.name)

    def _add_file(self, path: str, archive: Archive, member: tarfile.TarInfo) -> None:
        with archive.content(member) as content, self._new_file(path, member) as file:
            shutil.copyfileobj(content, file)
            os.fchmod(file.fileno(), EXECUTABLE if member.mode & 0o100 else PLAIN)

    def _new_file(self, path: str, member: tarfile.TarInfo) -> IO[bytes]:
        try:
            return open(f"{self._root}/{path}", "xb")  # noqa: PTH123 - there can be very many
        except FileExistsError:
            self._clear(path, member)
            return Path(self._root, path).open("xb")

    def _add_hard_link(self, path: str, member: tarfile.TarInfo) -> None:
        """Link to an earlier file, as tar does for a file with several names."""
        folder, _, last = member.linkname.rstrip("/").rpartition("/")
        folder = self._resolved(folder, member.name)
        target = f"{folder}/{last}" if folder else last
        if target == path:
            return
        original = Path(self._root, target)
        if (
            last in ("", ".", "..")
            or folder not in self._folders
            or target in self._folders
            or not os.path.lexists(original)
        ):
            raise self._refused(
                member,
                f"is a hard link to {printable(member.linkname)}, which is not an earlier file",
            )
        self._clear(path, member)
        if self._links.is_link(target):
            Path(self._root, path).symlink_to(original.readlink())
            self._links.add(path, str(original.readlink()))
        else:
            os.link(original, Path(self._root, path), follow_symlinks=False)

    def _clear(self, path: str, member: tarfile.TarInfo) -> None:
        """Remove what an earlier member of the same name created."""
        if path in self._folders:
            raise self._refused(member, "has the name of an earlier folder")
        Path(self._root, path).unlink(missing_ok=True)
        self._links.remove(path)

    def _outside(self, path: str) -> MemberRefused:
        return MemberRefused(
            f"{printable(path)} in {self._label} points outside {self._label}'s folder"
        )

    def _refused(self, member: tarfile.TarInfo, why: str) -> MemberRefused:
        return MemberRefused(f"{printable(member.name)} in {self._label} {why}")
