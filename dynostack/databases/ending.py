"""The end of a move: destroy the old database that it kept, or switch back to it."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.databases import promotion
from dynostack.databases.app import NOT_FOUND, is_spare
from dynostack.databases.contents import Contents, TableContents
from dynostack.databases.errors import MoveRefused
from dynostack.databases.move import COPYING, Move, is_promoted
from dynostack.databases.record import MoveRecord, Side
from dynostack.databases.request import Asked, Project
from dynostack.databases.settled import settled
from dynostack.databases.stack_file import declared, previous_of
from dynostack.databases.stack_state import edit_state
from dynostack.inventory.databases import read_database
from dynostack.inventory.platform_api import ApiRefusal, PlatformApi

COPIED = ("create", "back-up", *COPYING)
"""The steps that a move back to the old database skips."""


def left_behind(project: Project, asked: Asked) -> Side:
    """Return the old database that a move of this one kept.

    Raises:
        MoveRefused: there is none.
        ApiError: Heroku does not answer.
    """
    resource = asked.record.resource
    previous = previous_of(resource)
    found = asked.state.database(previous)
    if found is None:
        raise MoveRefused(
            f"there is no database {previous}: no move of {resource} has kept an old database"
        )
    addon, inputs = str(found["id"]), found["inputs"]
    plan = str(inputs["plan"]).partition(":")[2]
    try:
        version = read_database(project.api, addon).version
    except ApiRefusal as refusal:
        if refusal.status != NOT_FOUND:
            raise
        version = str((inputs.get("config") or {}).get("version", ""))
    return Side(name=str(inputs["name"]), plan=plan, version=version, addon=addon)


def forgotten(project: Project, asked: Asked) -> str:
    """Remove the old database from the file if it is destroyed and in no state any more.

    Returns:
        The difference of the file; empty if the old database exists, or if there never was one.

    Raises:
        MoveRefused: the file cannot be edited.
    """
    previous, file = previous_of(asked.record.resource), project.file
    if asked.state.database(previous) or declared(file.environment(), previous) is None:
        return ""
    return file.write(file.without_database(file.text(), previous))


def require(api: PlatformApi, side: Side) -> None:
    """Check that a database still exists.

    Raises:
        MoveRefused: it does not.
        ApiError: Heroku does not answer.
    """
    if _gone(api, side):
        raise MoveRefused(f"{side} no longer exists; nothing was changed")


def refuse_use(api: PlatformApi, app: str, side: Side) -> None:
    """Check that no app uses a database.

    Args:
        api: Heroku, with the key to use.
        app: the name of the app that the database is billed to.
        side: the database.

    Raises:
        MoveRefused: another app is attached to it, or a name that somebody chose leads to it.
        ApiError: Heroku does not answer.
    """
    try:
        attached = api.listing(f"/addons/{side.addon}/addon-attachments")
    except ApiRefusal as refusal:
        if refusal.status == NOT_FOUND:
            return
        raise
    used = [
        f"{each['app']['name']}::{each['name']}"
        for each in attached
        if each["app"]["name"] != app or not is_spare(each["name"])
    ]
    if used:
        raise MoveRefused(
            f"{side.name} is still in use: it is attached as {', '.join(used)}; detach it with"
            " heroku addons:detach, or attach another database under that name"
        )


def destroy(api: PlatformApi, app: str, side: Side) -> None:
    """Destroy a database and all its data.

    Raises:
        StepFailed: Heroku refuses, or cannot be reached.
    """
    settled(
        lambda: _gone(api, side),
        lambda: api.send("DELETE", f"/apps/{app}/addons/{side.addon}"),
        f"destroy {side.name}",
    )


def _gone(api: PlatformApi, side: Side) -> bool | None:
    try:
        return True if api.get(f"/addons/{side.addon}")["state"] == "deprovisioned" else None
    except ApiRefusal as refusal:
        if refusal.status == NOT_FOUND:
            return True
        raise


def finish(project: Project, resource: str, app: str, side: Side) -> str:
    """Destroy the old database that a move kept, and remove it from the state and the file.

    Returns:
        The difference of the file.

    Raises:
        MoveRefused: the file cannot be edited; nothing was changed.
        StepFailed: Heroku refuses, or cannot be reached.
        EngineFailed: the state cannot be written.
    """
    previous = previous_of(resource)
    text = project.file.text()
    if declared(project.file.environment(), previous):
        text = project.file.without_database(text, previous)
    destroy(project.api, app, side)
    edit_state(project.runner, project.stack, lambda state: state.forget(previous))
    return project.file.write(text)


def way_back(project: Project, record: MoveRecord, earlier: Side) -> MoveRecord:
    """Return the record of a move from the existing database, `record.old`, to the earlier one.

    Raises:
        MoveRefused: an attachment uses a credential.
        ApiError: Heroku does not answer.
    """
    attachments = promotion.read_attachments(project.api, record.old.addon, record.app)
    return record.changed(new=earlier, is_undo=True, done=COPIED, attachments=attachments)


def written_since(before: Contents, now: Contents) -> Iterator[str]:
    """Yield what changed after a copy, which switching back would lose."""
    for name in sorted(before.tables.keys() | now.tables.keys()):
        old, new = before.tables.get(name), now.tables.get(name)
        if old != new:
            yield f"{name}: {_change(old, new)}"
    changed = {
        kind: len(dict(now.objects.get(kind, {}).items() - values.items()))
        for kind, values in before.objects.items()
        if kind != "sequence"
    }
    for kind, number in changed.items():
        if number:
            yield f"{number} new or changed {_plural(kind) if number > 1 else kind}"


def _plural(kind: str) -> str:
    return f"{kind}es" if kind.endswith("x") else f"{kind}s"


def _change(old: TableContents | None, new: TableContents | None) -> str:
    if old is None or new is None:
        return "a new table" if old is None else "removed"
    if new.rows > old.rows:
        return f"{_rows(new.rows - old.rows)} more"
    if new.rows < old.rows:
        return f"{_rows(old.rows - new.rows)} fewer"
    return "changed rows"


def _rows(number: int) -> str:
    return f"{number:,} {'row' if number == 1 else 'rows'}"


def promotion_started(move: Move) -> bool:
    """Return whether at least one attachment has been moved to the new database."""
    return "promote" in move.record.done or is_promoted(move)
