"""The work of each kind of database transfer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from localheroku.api.addons.attachments.records import Addon
from localheroku.api.data.transfers import models
from localheroku.api.data.transfers.models import Transfer
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.state import State
from localheroku.http.https_site import HttpsSite
from localheroku.workflows.database_transfers import ReportLine, TransferJob

if TYPE_CHECKING:
    from ssl import SSLContext

CHUNK_BYTES = 1 << 16


def capture(state: State, transfer: Transfer, addon: Addon) -> TransferJob:
    """Return the job that saves the database."""
    archive = models.file(state, transfer)

    async def work(say: ReportLine) -> int:
        await state.backends.databases.capture(addon.id, archive, say)
        return 0

    return work


def restore(state: State, addon: Addon, archive: Path, extensions: Sequence[str]) -> TransferJob:
    """Return the job that replaces the contents of the database with a backup."""

    async def work(say: ReportLine) -> int:
        return await state.backends.databases.restore(addon.id, archive, extensions, say)

    return work


def restore_from(
    state: State,
    secure: HttpsSite,
    transfer: Transfer,
    addon: Addon,
    url: str,
    extensions: Sequence[str],
) -> TransferJob:
    """Return the job that downloads a backup and replaces the database's contents with it."""
    archive = models.file(state, transfer)

    async def work(say: ReportLine) -> int:
        await _download(url, archive, secure.ssl_context())
        return await restore(state, addon, archive, extensions)(say)

    return work


def copy(state: State, transfer: Transfer, addon: Addon, url: str) -> TransferJob:
    """Return the job that replaces the database's contents with those of the one at the URL."""
    progress = models.file(state, transfer)

    async def work(say: ReportLine) -> int:
        return await state.backends.databases.copy(addon.id, url, progress, say)

    return work


async def _download(url: str, archive: Path, trusting: SSLContext) -> None:
    """Download the archive at the URL.

    Raises:
        ServiceFailed: there is nothing at the URL.
    """
    from aiohttp import ClientError, ClientSession

    try:
        async with ClientSession() as session, session.get(url, ssl=trusting) as response:
            if response.status != 200:
                raise ServiceFailed(
                    f"the backup cannot be downloaded: its URL answered {response.status}"
                )
            with archive.open("wb") as file:
                async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                    file.write(chunk)
    except (ClientError, TimeoutError):
        raise ServiceFailed(
            "the backup cannot be downloaded: the connection to its URL failed"
        ) from None
