"""The data directory of a PostgreSQL server: its creation, certificate and access rules."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psutil

from localheroku.addons import lookup
from localheroku.addons.ports import HOST
from localheroku.core import certificate
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.atomic_files import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from localheroku.addons.postgres.installation import Installation

ADMIN = "postgres"
CERTIFICATE = "localhost.pem"
"""The file in the data directory with the certificate and its key."""

OPTIONS = (
    f"--username={ADMIN}",
    "--encoding=UTF8",
    "--auth=scram-sha-256",
    "--no-sync",
)
# Independent of the user's locale: text sorts the same everywhere, and `lower` knows all letters.
BUILTIN_LOCALE = ("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
LETTERS = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"
SYSTEM_LOCALE = ("--locale=C", f"--lc-ctype={LETTERS}")
FIRST_WITH_BUILTIN_LOCALE = 17

# As on Heroku, apps connect only with TLS.
# https://devcenter.heroku.com/articles/connecting-heroku-postgres
ACCESS = f"""\
# The local Heroku writes this file at every start of the server.
host    all {ADMIN} {HOST}/32 scram-sha-256
hostssl all all      {HOST}/32 scram-sha-256
"""


def is_made(installation: Installation) -> bool:
    return (installation.cluster / "PG_VERSION").exists()


def require_version(installation: Installation) -> None:
    """Check that the data directory belongs to the version that will run.

    Raises:
        ServiceFailed: another major version created it.
    """
    created_by = (installation.cluster / "PG_VERSION").read_text().strip()
    version = installation.distribution.version
    if created_by != version:
        raise ServiceFailed(
            f"the local databases were created by PostgreSQL {created_by}, but PostgreSQL "
            f"{version} is installed: dump your data with PostgreSQL {created_by}, then run "
            "`dynostack clean`"
        )


def initialize(installation: Installation, password: str) -> None:
    """Create the data directory, after removing what an interrupted creation left in it.

    Args:
        installation: the server.
        password: the password of its administrator.

    Raises:
        ServiceFailed: PostgreSQL could not create it.
    """
    _end_initdb(installation.cluster)
    for leftover in installation.cluster.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)
    file = installation.cluster.with_name("administrator")
    write_private(file, password)
    installation.hand_over(file)
    version = int(installation.distribution.version)
    locale = BUILTIN_LOCALE if version >= FIRST_WITH_BUILTIN_LOCALE else SYSTEM_LOCALE
    arguments = ("-D", installation.cluster, f"--pwfile={file}", *OPTIONS, *locale)
    try:
        result = subprocess.run(
            [installation.programs / "initdb", *arguments],
            capture_output=True,
            text=True,
            check=False,
            **process_options(installation),
        )
    finally:
        file.unlink()
    if result.returncode:
        raise ServiceFailed(
            f"PostgreSQL could not create its data directory: {result.stderr.strip()}"
        )


def secure(installation: Installation) -> None:
    """Let apps connect only with TLS, and replace a certificate that is missing or old."""
    file = installation.cluster / CERTIFICATE
    if not (file.is_file() and certificate.is_usable(file)):
        installation.place(CERTIFICATE, certificate.generate())
    installation.place("pg_hba.conf", ACCESS.encode())


def process_options(installation: Installation) -> dict[str, Any]:
    """Return Popen options: a clean environment, no terminal, and for root, another user."""
    options: dict[str, Any] = {
        "cwd": "/",
        "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", **_libraries(installation)},
        "stdin": subprocess.DEVNULL,
        "start_new_session": True,
    }
    if installation.user:
        options |= {
            "user": installation.user.uid,
            "group": installation.user.gid,
            "extra_groups": [],
        }
    return options


def _libraries(installation: Installation) -> dict[str, str]:
    """Return the variable that makes extensions such as dblink load our libpq, not the system's.

    The programs have the folder in their search path, but the extensions do not.
    """
    folder = installation.distribution.folder
    name = "DYLD_LIBRARY_PATH" if sys.platform == "darwin" else "LD_LIBRARY_PATH"
    return {name: str(folder / "lib")} if folder else {}


def _end_initdb(cluster: Path) -> None:
    """End the initdb of a killed local Heroku, which would fill the same folder."""
    leftovers = list(lookup.processes("initdb", lambda one: str(cluster) in one.cmdline()))
    for process in leftovers:
        with contextlib.suppress(psutil.NoSuchProcess):
            # A running initdb could start another server process after its children are listed.
            process.suspend()
            group = [process, *process.children(recursive=True)]
            for each in group:
                each.kill()
            psutil.wait_procs(group)
