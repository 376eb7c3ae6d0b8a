"""uv as a replacement for pip: with the package index and the certificates that pip would use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from localheroku.core import package_index, pip_settings, uv_program
from localheroku.core.addon_service import MissingProgram
from localheroku.dynos import processes

if TYPE_CHECKING:
    from localheroku.dynos.process_registry import ProcessRegistry

COMMAND = ("pip", "install", "--no-config", "--index-strategy=unsafe-best-match")
"""uv's arguments for an installation that uses all indexes alike, as pip does."""


async def environment(registry: ProcessRegistry, extra_index: str = "") -> dict[str, str] | None:
    """Return the variables for uv with pip's settings, instead of the developer's own of uv.

    Args:
        registry: gets the process of pip.
        extra_index: another index, which replaces the developer's.

    Returns:
        None if pip has settings that uv cannot follow.
    """
    lines: list[str] = []
    try:
        command = [*package_index.pip(), "config", "list"]
    except MissingProgram:
        return None
    if await processes.run(command, Path("/"), package_index.environment(), lines.append, registry):
        return None
    settings = pip_settings.for_uv(lines, extra_index)
    return None if settings is None else uv_program.environment(own_index=False) | settings
