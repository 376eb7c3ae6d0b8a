"""Where this machine's programs are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/opt/homebrew/bin", "/usr/local/bin")
"""Searched after PATH: an ordinary user's PATH lacks the folder of saslpasswd2 on Debian and macOS.
"""


def search_path(folders: Sequence[str]) -> str:
    """Return PATH followed by more folders."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), *folders))


def find(name: str, folders: Sequence[str]) -> str | None:
    """Return the path of a program on PATH or in a folder; None if it is not installed."""
    return shutil.which(name, path=search_path(folders))
