"""The second way: the official release archive, used only if its checksum is right."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dynostack.network import is_safe
from localheroku.core.atomic_files import EXECUTABLE

from . import digests, versions
from .build import PINS
from .download import Network
from .engine import engine_version
from .errors import ToolchainError, WrongChecksum
from .machine import machine

if TYPE_CHECKING:
    from .progress import Progress

ADDRESS_VARIABLE = "DYNOSTACK_ENGINE_RELEASES"
"""Names another place that serves the same releases, such as a company's mirror."""

BLOCK = 1 << 20


def release_address() -> str:
    """Where releases are downloaded from.  Raises ToolchainError for what is no such place."""
    address = os.environ.get(ADDRESS_VARIABLE, digests.OFFICIAL).rstrip("/")
    parts = urlsplit(address)
    if not is_safe(address) or not parts.hostname or "@" in parts.netloc:
        raise ToolchainError(
            f"{ADDRESS_VARIABLE} is not the https address of a place to download from; write it as"
            f" {digests.OFFICIAL}, without a user or password"
        )
    return address


@dataclass(frozen=True)
class Release:
    """One version of the engine as Pulumi publishes it."""

    version: str = versions.ENGINE_VERSION
    address: str = digests.OFFICIAL
    network: Network = field(default_factory=Network)
    official: str = digests.OFFICIAL
    """Where Pulumi's own digests are; `address` may be another's."""
    pins: Path = PINS
    """The folder of our own."""

    @property
    def folder(self) -> str:
        return f"{self.address}/v{self.version}"

    @property
    def archive(self) -> str:
        return f"pulumi-v{self.version}-{machine()}.tar.gz"

    def fetch(self, folder: Path, progress: Progress) -> None:
        """Fill `folder` with the engine and its Python language host.

        Raises Unavailable when the release cannot be had from here, and WrongChecksum when what
        came is something else: then nothing of it has been opened.
        """
        expected = digests.pinned(self.archive, self.version, self.pins)
        if expected is None:
            expected = digests.published(self.archive, self.version, self.network, self.official)
            progress.say(
                f"no digest of {self.archive} is pinned: Pulumi's own counts, from {self.official}"
            )
        archive = folder / self.archive
        self.network.save(f"{self.folder}/{self.archive}", archive, progress)
        if _sha256(archive) != expected:
            raise WrongChecksum(
                f"{self.folder}/{self.archive} does not have its SHA-256 checksum:"
                " it was damaged or exchanged on the way, so it is not used; try again, or"
                " install Pulumi as https://www.pulumi.com/docs/install/ says"
            )
        _extract(archive, folder)
        archive.unlink()
        engine_version(folder / "pulumi")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _extract(archive: Path, folder: Path) -> None:
    """Take the programs that Python needs out of `archive`; nothing else of it is written.

    A member is taken by its name in the archive's own folder, never by a path it gives, and only
    if it is a plain file.
    """
    with tarfile.open(archive, "r:gz") as members:
        for member in members:
            name = PurePosixPath(member.name).name
            if member.isfile() and member.name == f"pulumi/{name}" and _is_needed(name):
                source = members.extractfile(member)
                if source is not None:
                    with source, (folder / name).open("wb") as target:
                        shutil.copyfileobj(source, target, BLOCK)
                    (folder / name).chmod(EXECUTABLE)


def _is_needed(name: str) -> bool:
    return name == "pulumi" or "python" in name
