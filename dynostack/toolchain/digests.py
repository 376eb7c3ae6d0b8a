"""The SHA-256 digests that the engine's release archives must have.

They are read from our pins or, for an archive without a pin, from Pulumi itself over https; never
from a mirror that the user configured for the archives.

`make pins` runs this module, which updates the pins for a person to compare and commit.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import versions
from .build import PINS
from .download import Network
from .errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

OFFICIAL = "https://github.com/pulumi/pulumi/releases/download"
LINE = re.compile(r"([0-9a-fA-F]{64})\s+\*?(\S+)")


def file_name(version: str) -> str:
    """Return the name of Pulumi's list of digests for a version."""
    return f"pulumi-{version}-checksums.txt"


def address(version: str, official: str = OFFICIAL) -> str:
    """Return the address of Pulumi's list of digests for a version."""
    return f"{official}/v{version}/{file_name(version)}"


def pinned(archive: str, version: str, folder: Path = PINS) -> str | None:
    """Return the SHA-256 digest of an archive from our pins; None if it has no pin."""
    file = folder / file_name(version)
    return _found(archive, file.read_text().splitlines()) if file.exists() else None


def published(archive: str, version: str, network: Network, official: str = OFFICIAL) -> str:
    """Return the SHA-256 digest that Pulumi publishes.

    Raises:
        Unavailable: Pulumi's list cannot be downloaded, or does not have the archive.
    """
    where = address(version, official)
    if digest := _found(archive, network.text(where).splitlines()):
        return digest
    raise Unavailable(f"{where} has no checksum of {archive}")


def pin(version: str, network: Network, folder: Path = PINS, official: str = OFFICIAL) -> Path:
    """Replace our pinned digests with Pulumi's for a version.

    Raises:
        Unavailable: Pulumi's list cannot be downloaded.
    """
    text = network.text(address(version, official))
    lines = [line for line in text.splitlines() if LINE.fullmatch(line.strip())]
    if not lines:
        raise Unavailable(f"{address(version, official)} is not a list of checksums")
    for earlier in folder.glob(file_name("*")):
        earlier.unlink()
    file = folder / file_name(version)
    file.write_text("".join(f"{line.strip()}\n" for line in lines))
    return file


def _found(archive: str, lines: Iterable[str]) -> str | None:
    for line in lines:
        found = LINE.fullmatch(line.strip())
        if found and found[2] == archive:
            return found[1].lower()
    return None


if __name__ == "__main__":
    try:
        written = pin(versions.ENGINE_VERSION, Network())
    except Unavailable as reason:
        sys.exit(f"cannot pin the engine's digests: {reason}")
    print(f"wrote {written}; compare it with a download from another network, then commit it")
