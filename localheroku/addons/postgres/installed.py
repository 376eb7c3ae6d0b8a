"""PostgreSQL servers from the system's packages, and checks of a folder of programs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from localheroku.core.addon_service import ServiceFailed

FOLDERS = (
    "/usr/lib/postgresql/{version}/bin",  # Debian, Ubuntu
    "/usr/pgsql-{version}/bin",  # PostgreSQL's own packages for Fedora and Red Hat
    "/opt/homebrew/opt/postgresql@{version}/bin",
    "/usr/local/opt/postgresql@{version}/bin",
)
REQUIRED = ("postgres", "initdb", "pg_dump", "pg_restore")
SHARED = ("share", "share/postgresql")


def find(version: str) -> Path | None:
    """Return the folder of programs of an installed PostgreSQL version, or None."""
    for folder in _candidates(version):
        if all((folder / program).is_file() for program in REQUIRED):
            try:
                require_version(folder, version)
            except ServiceFailed:
                continue
            return folder
    return None


def require_version(programs: Path, version: str) -> None:
    """Check that a server runs on this machine and has this major version.

    Raises:
        ServiceFailed: it does not run, for example because a shared library is missing, or it has
            another version.
    """
    try:
        result = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise ServiceFailed(f"PostgreSQL {version} does not run here ({error})") from None
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or ["it printed no error"])[-1]
        raise ServiceFailed(f"PostgreSQL {version} does not run here ({reason})")
    # Such as "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)".
    found = result.stdout.partition(") ")[2].partition(".")[0]
    if found != version:
        raise ServiceFailed(f"{programs} has PostgreSQL {found} instead of {version}")


def extension_folder(programs: Path) -> Path:
    """Return the folder with the control files of the extensions.

    Raises:
        ServiceFailed: there is none.
    """
    root = programs.parent
    for shared in (*(root / name for name in SHARED), Path("/usr/share/postgresql", root.name)):
        if (shared / "extension").is_dir():
            return shared / "extension"
    raise ServiceFailed(f"{root} has no folder of extensions: reinstall PostgreSQL")


def _candidates(version: str) -> Iterator[Path]:
    for folder in FOLDERS:
        yield Path(folder.format(version=version))
    if server := shutil.which("postgres"):
        yield Path(server).resolve().parent
