"""This machine's system and processor, as Pulumi's release archives name them."""

from __future__ import annotations

import platform
import sys

from .errors import Unavailable

SYSTEMS = {"linux": "linux", "darwin": "darwin"}
PROCESSORS = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def machine() -> str:
    """Return this machine's name in Pulumi's archives, such as "linux-x64".

    Raises:
        Unavailable: Pulumi publishes no archive for this machine that dynostack can use.
    """
    system = SYSTEMS.get(sys.platform)
    processor = PROCESSORS.get(platform.machine().lower())
    if system is None or processor is None:
        raise Unavailable(f"Pulumi publishes no engine for {sys.platform} on {platform.machine()}")
    return f"{system}-{processor}"
