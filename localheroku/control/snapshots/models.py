"""Snapshots: named copies of the whole state, including databases, that can be restored."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from localheroku.api.apps import models as apps
from localheroku.control.snapshots import files
from localheroku.control.snapshots.errors import (
    SnapshotFailedError,
    SnapshotNameError,
    SnapshotNotFoundError,
)
from localheroku.core import disk_full
from localheroku.core.state import Document
from localheroku.platform import Platform

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


async def save(platform: Platform, name: str) -> Document:
    """Save a snapshot. Dynos, databases and caches stop for a moment; caches are empty afterwards.

    Raises:
        SnapshotNameError: the name is invalid.
        SnapshotFailedError: its files could not be written.
    """
    if NAME.fullmatch(name) is None:
        raise SnapshotNameError
    about = {
        "name": name,
        "created_at": platform.now(),
        "apps": sorted(app.name for app in apps.every(platform)),
    }
    data = platform.settings.data
    await _run_while_stopped(platform, name, partial(files.save, data, name, about))
    return document(data, name)


async def restore(platform: Platform, name: str) -> Document:
    """Restore the state in the snapshot; its dynos start again.

    Raises:
        SnapshotNotFoundError: there is no snapshot of that name.
    """
    data = platform.settings.data
    _require(data, name)
    await _run_while_stopped(platform, name, partial(files.restore, data, name))
    return document(data, name)


async def reset(platform: Platform) -> None:
    """Remove everything except the API key, the logs and the snapshots."""
    await _run_while_stopped(platform, "", partial(files.restore, platform.settings.data, ""))


def remove(platform: Platform, name: str) -> Document:
    """Remove a snapshot.

    Raises:
        SnapshotNotFoundError: there is no snapshot of that name.
    """
    data = platform.settings.data
    _require(data, name)
    removed = document(data, name)
    files.remove(data, name)
    return removed


def every(platform: Platform) -> list[Document]:
    data = platform.settings.data
    return [document(data, name) for name in files.names(data)]


def document(data: Path, name: str) -> Document:
    return files.info(data, name)


async def _run_while_stopped(platform: Platform, name: str, work: Callable[[], None]) -> None:
    """Do the work, then wait for the dynos, even if the caller disconnects meanwhile."""

    async def run() -> None:
        after = await platform.run_while_stopped(work)
        await after.readiness.dynos.wait()

    try:
        await asyncio.shield(asyncio.ensure_future(run()))
    except OSError as error:
        raise SnapshotFailedError(name=name, reason=disk_full.reason(error)) from error


def _require(data: Path, name: str) -> None:
    known = files.names(data)
    if name not in known:
        raise SnapshotNotFoundError(known=", ".join(known) or "none")
