"""Brings databases and caches back when they end by themselves, as Heroku does."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from dynostack.heroku.api.addons import models as addons
from dynostack.heroku.platform import Platform

PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
"""Between attempts that fail, each one twice as long after the one before."""


async def keep(platform: Platform) -> NoReturn:
    """Look after the add-ons for as long as the local Heroku runs."""
    pause = PAUSE_SECONDS
    while True:
        await asyncio.sleep(pause)
        well = await addons.start(platform)
        pause = PAUSE_SECONDS if well else min(2 * pause, LONGEST_PAUSE_SECONDS)
