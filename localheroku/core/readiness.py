"""The progress of the local Heroku's start."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Readiness:
    """Events that are set once the work of an earlier run is running again."""

    addons: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the databases and caches run."""
    dynos: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the dynos run, too."""
