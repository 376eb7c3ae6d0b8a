"""The second source of the engine: the official release archive, verified by its checksum."""

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
"""The variable that names another address with the same releases, such as a company's mirror."""

BLOCK = 1 << 20


def release_address() -> str:
    """Return the address from which releases are downloaded.

    Raises:
        ToolchainError: the address in DYNOSTACK_ENGINE_RELEASES is invalid or insecure.
    """
    address = os.environ.get(ADDRESS_VARIABLE, digests.OFFICIAL).rstrip("/")
    parts = urlsplit(address)
    if not is_safe(address) or not parts.hostname or "@" in parts.netloc:
        raise ToolchainError(
            f"{ADDRESS_VARIABLE} is not a valid https address; write an address such as"
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
    """The address of Pulumi's own digests; `address` may be a mirror's."""
    pins: Path = PINS
    """The folder of our pinned digests."""

    @property
    def folder(self) -> str:
        return f"{self.address}/v{self.version}"

    @property
    def archive(self) -> str:
        return f"pulumi-v{self.version}-{machine()}.tar.gz"

    def fetch(self, folder: Path, progress: Progress) -> None:
        """Fill `folder` with the engine and its Python language host.

        Raises:
            Unavailable: the release cannot be downloaded from here.
            WrongChecksum: the archive has another checksum; it has not been opened.
        """
        expected = digests.pinned(self.archive, self.version, self.pins)
        if expected is None:
            expected = digests.published(self.archive, self.version, self.network, self.official)
            progress.say(
                f"{self.archive} has no pinned checksum; using Pulumi's own from {self.official}"
            )
        archive = folder / self.archive
        self.network.save(f"{self.folder}/{self.archive}", archive, progress)
        if _sha256(archive) != expected:
            raise WrongChecksum(
                f"{self.folder}/{self.archive} has the wrong SHA-256 checksum and was not used: it"
                " was damaged or replaced in transit; try again, or"
                " install Pulumi yourself: https://www.pulumi.com/docs/install/"
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
    """Extract only the programs that Python needs from `archive`.

    A member is written under its plain name in the folder, never under the path in the archive,
    and only if it is a regular file.
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
