"""Where this machine's programs are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/opt/homebrew/bin", "/usr/local/bin")
"""Searched after PATH: an ordinary user's PATH lacks where Debian and macOS have saslpasswd2."""


def search_path(folders: Sequence[str]) -> str:
    """Return PATH with further folders behind it."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), *folders))


def find(name: str, folders: Sequence[str]) -> str | None:
    """Return the path of a program on PATH or in a folder; None where it is not installed."""
    return shutil.which(name, path=search_path(folders))
