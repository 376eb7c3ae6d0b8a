"""This machine, in the words of Pulumi's release archives."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from platformdirs import user_cache_path

from .errors import Unavailable

SYSTEMS = {"linux": "linux", "darwin": "darwin"}
PROCESSORS = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def machine() -> str:
    """Such as "linux-x64".  Raises Unavailable where Pulumi publishes no archive that we use."""
    system = SYSTEMS.get(sys.platform)
    processor = PROCESSORS.get(platform.machine().lower())
    if system is None or processor is None:
        raise Unavailable(f"Pulumi publishes no engine for {sys.platform} on {platform.machine()}")
    return f"{system}-{processor}"


def cache_directory() -> Path:
    """Return where this user's programs keep what can be made again."""
    return user_cache_path("dynostack")
