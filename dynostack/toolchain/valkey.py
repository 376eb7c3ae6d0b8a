"""Valkey, the program of the local Redis servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.addons.redis import program
from localheroku.core.addon_service import ServiceFailed

from .errors import ToolchainError

if TYPE_CHECKING:
    from pathlib import Path

    from .progress import Progress


def find_valkey(progress: Progress) -> Path:
    """Return the program of a Valkey or Redis server, downloading it if it is missing.

    Raises:
        ToolchainError: it cannot be downloaded, and this machine has no Valkey or Redis.
    """
    try:
        found = program.obtain(progress.say)
    except ServiceFailed as error:
        raise ToolchainError(str(error)) from error
    progress.say(f"Redis: {found}")
    return found
