"""Restarts databases and caches that end by themselves, and checkpoints the store."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from typing import NoReturn

from localheroku import addons as services
from localheroku.api.addons import models as addons
from localheroku.core import disk_full, log_files
from localheroku.core.state import State

CHECKPOINT_SECONDS = 10.0
"""Changes of the last seconds are only in the store's log, which a copy of the file may lack."""
LOG = "server.log"
"""The log of the local Heroku itself when `dynostack local start` starts it."""
LOGS_SECONDS = 30.0
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
"""The longest pause between failed attempts; the pause doubles each time."""


async def supervise(state: State) -> NoReturn:
    """Restart add-ons that have ended, for as long as the local Heroku runs."""
    pause = PAUSE_SECONDS
    while True:
        await asyncio.sleep(pause)
        all_started = await addons.start(state)
        pause = PAUSE_SECONDS if all_started else min(2 * pause, LONGEST_PAUSE_SECONDS)


async def cut_logs(state: State) -> NoReturn:
    """Keep the logs of the local Heroku and of its servers from growing without limit."""
    data = state.settings.data
    while True:
        await asyncio.sleep(LOGS_SECONDS)
        for log in (data / LOG, *services.log_files(data)):
            with disk_full.suppressed():
                await asyncio.to_thread(log_files.cut, log)


async def checkpoint_store(state: State) -> NoReturn:
    """Checkpoint the store's log regularly; retry after a full disk."""
    while True:
        await asyncio.sleep(CHECKPOINT_SECONDS)
        if state.store.has_changed:
            try:
                await state.store.checkpoint()
            except sqlite3.Error as error:
                logging.getLogger(__name__).warning("cannot checkpoint the store: %s", error)
