"""The Pulumi engine, from the first of three sources that works: PATH, download or build."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from . import versions
from .errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

Version = tuple[int, int, int]

VERSION_TIMEOUT = 30.0
"""Seconds; it takes half a second, or several if the file is not in the machine's cache."""


class Way(Enum):
    """The source of an engine, as messages name it."""

    PATH = "the official engine on PATH"
    RELEASE = "the official release, downloaded and verified"
    BUILD = "built from its Go module"


@dataclass(frozen=True)
class Engine:
    """A `pulumi` that can run this project."""

    path: Path
    version: str
    way: Way

    @property
    def has_language_host(self) -> bool:
        """Whether the Python language host is beside the engine, where it looks first."""
        return has_language_host(self.path)

    def __str__(self) -> str:
        return f"Pulumi {self.version}: {self.way.value} ({self.path})"


def has_language_host(pulumi: Path) -> bool:
    """Return whether the Python language host is beside a `pulumi`."""
    names = (versions.LANGUAGE_PLUGIN, f"{versions.LANGUAGE_PLUGIN}-exec")
    return all((pulumi.parent / name).is_file() for name in names)


def engine_version(pulumi: Path) -> Version:
    """Return the version that `pulumi version` prints.

    Raises:
        Unavailable: the program does not run, or prints no version.
    """
    try:
        answer = _ask_version(pulumi)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{pulumi} does not run: {error}") from error
    found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)\S*", answer.stdout.strip())
    if answer.returncode != 0 or found is None:
        raise Unavailable(f"{pulumi} version prints no version")
    return int(found[1]), int(found[2]), int(found[3])


def _ask_version(pulumi: Path) -> subprocess.CompletedProcess[str]:
    # Even this command writes a log, which must not go into the home of the user's own Pulumi.
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run(
            [pulumi, "version"],
            capture_output=True,
            text=True,
            timeout=VERSION_TIMEOUT,
            check=False,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_HOME": home},
        )


def text_of(version: Version) -> str:
    """Return a version as text, such as 3.258.0."""
    return ".".join(map(str, version))
