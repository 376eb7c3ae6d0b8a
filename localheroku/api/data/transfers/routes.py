"""Endpoints for backups, restores and copies.

Source: https://github.com/heroku/cli/tree/main/src/commands/pg/backups
"""

from __future__ import annotations

from localheroku.api.addons.attachments.records import Addon
from localheroku.api.apps import models as apps
from localheroku.api.data.databases import models as databases
from localheroku.api.data.transfers import models
from localheroku.api.data.transfers.errors import (
    BackupNotFoundError,
    BackupUrlError,
    FinishedError,
    SourceError,
    TargetError,
    UnfinishedError,
)
from localheroku.api.data.transfers.models import BACKUP, COPY, RESTORE, Transfer
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import authorization
from localheroku.auth.rights import CHANGE_DATA, VIEW_ADDONS, VIEW_DATA
from localheroku.core.body_schema import TEXT, TEXTS
from localheroku.core.clock import timestamp
from localheroku.core.state import Document
from localheroku.workflows import transfer_jobs as jobs
from localheroku.workflows.database_transfers import GRANT_LIFETIME, TransferJob

RESTORATION = {"backup_url": TEXT.must(), "extensions": TEXTS.or_null()}
COPYING = {
    "from_name": TEXT.must(),
    "from_url": TEXT.must(),
    "to_name": TEXT.must(),
    "to_url": TEXT.must(),
}
SCHEMES = ("http://", "https://")


async def listing(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    return [models.document(call.platform, t) for t in models.of_app(call.platform, app)]


async def info(call: Call) -> Document:
    verbose = call.query.get("verbose") == "true"
    return models.document(call.platform, _transfer(call), verbose=verbose)


async def capture(call: Call) -> Document:
    platform = call.platform
    addon = databases.find(platform, call.path["addon"])
    with databases.failing(addon):
        facts = await platform.backends.databases.info(addon.id)
    name = databases.label(platform, addon)
    transfer = models.add(platform, addon, BACKUP, name, "BACKUP", facts.size)
    return await _started(call, transfer, jobs.capture(platform, transfer, addon))


async def restore(call: Call) -> Document:
    platform, address = call.platform, call.body["backup_url"]
    addon = databases.find(platform, call.path["addon"])
    if not address.startswith(SCHEMES):
        raise BackupUrlError
    extensions = call.body.get("extensions") or ()
    backup = models.by_address(platform, address)
    if backup:
        _check_backup(call, backup)
    size = backup.processed_bytes if backup else 0
    name = databases.label(platform, addon)
    transfer = models.add(platform, addon, RESTORE, "BACKUP", name, size)
    if backup:
        job = jobs.restore(platform, addon, models.file(platform, backup), extensions)
    else:
        job = jobs.restore_from(platform, platform.https_site, transfer, addon, address, extensions)
    return await _started(call, transfer, job)


async def copy(call: Call) -> Document:
    platform, body = call.platform, call.body
    addon = databases.find(platform, call.path["addon"])
    if body["to_url"] != databases.url(addon):
        raise TargetError(addon=addon.name)
    if not body["from_url"].startswith(("postgres://", "postgresql://")):
        raise SourceError
    transfer = models.add(platform, addon, COPY, body["from_name"], body["to_name"])
    job = jobs.copy(platform, transfer, addon, body["from_url"])
    return await _started(call, transfer, job)


async def remove(call: Call) -> Document:
    platform, transfer = call.platform, _transfer(call)
    await platform.transfers.cancel(transfer)
    deleted = platform.change(transfer, deleted_at=platform.now())
    for file in (models.file(platform, transfer), models.log(platform, transfer)):
        file.unlink(missing_ok=True)
    return models.document(platform, deleted)


async def cancel(call: Call) -> Document:
    platform, transfer = call.platform, _transfer(call)
    if transfer.finished_at:
        raise FinishedError(name=transfer.name)
    await platform.transfers.cancel(transfer)
    return models.document(platform, _transfer(call))


async def public_url(call: Call) -> Document:
    platform, transfer = call.platform, _transfer(call)
    if transfer.kind != BACKUP or not transfer.succeeded:
        raise UnfinishedError(name=transfer.name)
    base = await platform.https_site.address()
    return {
        "url": f"{base}/streams/backup?key={platform.transfers.grant_download(transfer)}",
        "expires_at": timestamp(platform.clock() + GRANT_LIFETIME),
    }


async def _started(call: Call, transfer: Transfer, job: TransferJob) -> Document:
    await call.platform.transfers.start(transfer, job)
    addon: Addon = models.addon_of(call.platform, transfer)
    app = apps.find(call.platform, addon.parent or "")
    return models.document(call.platform, models.find(call.platform, app, transfer.id))


def _transfer(call: Call) -> Transfer:
    app = apps.find(call.platform, call.path["app"])
    return models.find(call.platform, app, call.path["transfer"])


def _check_backup(call: Call, backup: Transfer) -> None:
    """Check that the backup exists and that the caller can view the data of its app."""
    addon = models.addon_of(call.platform, backup)
    authorization.require(call.platform, apps.find(call.platform, addon.parent or ""), VIEW_DATA)
    if not models.file(call.platform, backup).is_file():
        raise BackupNotFoundError


DATABASE = "/client/v11/databases/{addon}"
ALL = "/client/v11/apps/{app}/transfers"
ONE = f"{ALL}/{{transfer}}"

ROUTES = [
    Endpoint(f"POST   {DATABASE}/backups", capture, status=201, needs=CHANGE_DATA),
    Endpoint(
        f"POST   {DATABASE}/restores", restore, status=201, takes=RESTORATION, needs=CHANGE_DATA
    ),
    Endpoint(f"POST   {DATABASE}/transfers", copy, status=201, takes=COPYING, needs=CHANGE_DATA),
    Endpoint(f"GET    {ALL}", listing, needs=VIEW_ADDONS),
    Endpoint(f"GET    {ONE}", info, needs=VIEW_ADDONS),
    Endpoint(f"DELETE {ONE}", remove, needs=CHANGE_DATA),
    Endpoint(f"POST   {ONE}/actions/cancel", cancel, needs=CHANGE_DATA),
    Endpoint(f"POST   {ONE}/actions/public-url", public_url, needs=VIEW_DATA),
]
