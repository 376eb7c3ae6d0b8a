"""A move whose record is on another machine, recognized by what it left on Heroku."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.databases import ending, promotion
from dynostack.databases.app import HerokuApp, is_spare
from dynostack.databases.errors import MoveRefused
from dynostack.databases.record import AttachedName, MoveRecord, Writer
from dynostack.databases.request import Asked, Project
from dynostack.databases.stack_file import declared, previous_of
from dynostack.databases.transfers import Transfers
from dynostack.engine.generated_names import is_generated
from dynostack.environment import Environment, catalogue
from dynostack.environment.database_moves import MAIN, STEPS
from dynostack.inventory.app import LIVE
from dynostack.inventory.databases import read_database

COPIED = ("create", "back-up", "stop", "copy", "compare")
"""The steps that are done once the new database has taken over a name."""


def recognized(project: Project, asked: Asked, environment: Environment) -> MoveRecord | None:
    """Return the record of an interrupted move; None if Heroku has no trace of one.

    A trace is a database of the app that is not in the stack's state and has the plan that the file
    asks for and a name that a move would choose.

    Raises:
        MoveRefused: there are several such databases, or the app uses it for something else.
        ApiError: Heroku does not answer.
    """
    record = asked.record
    found = list(_candidates(project, asked))
    if not found:
        return None
    if len(found) > 1:
        names = ", ".join(name for _, name in found)
        raise MoveRefused(
            f"the databases {names} of {record.app} are not in the state of stack {project.stack},"
            " and each may come from an interrupted move; destroy those that you do not need with"
            " heroku addons:destroy"
        )
    ((addon, name),) = found
    version = read_database(project.api, addon).version
    new = record.new.model_copy(update={"addon": addon, "name": name, "version": version})
    attached = tuple(_chosen(project, addon))
    _refuse_strange_rows(project, record.app, addon, name, bool(attached))
    if attached and not _is_promoted(attached, record, environment):
        names = ", ".join(f"{each.app}::{each.name}" for each in attached)
        raise MoveRefused(
            f"database {name} of {record.app} is in no state and is attached as {names}, so it is"
            " not from an interrupted move; import it, or destroy it with heroku addons:destroy"
        )
    return record.changed(
        new=new,
        done=COPIED if attached else (),
        attachments=(
            *promotion.read_attachments(project.api, record.old.addon, record.app),
            *attached,
        ),
        writers=_stopped(project, record.app, environment),
    )


def unwritten(project: Project, asked: Asked, environment: Environment) -> MoveRecord | None:
    """Return the record of a move, or of a way back, that has reached the state, but not the file.

    Returns None if there is no such move.  After a way back, the file still names as the previous
    database the one that is in use again.

    Raises:
        ApiError: Heroku does not answer.
    """
    record = asked.record
    previous = previous_of(record.resource)
    kept = asked.state.database(previous)
    if kept is None:
        return None
    written = declared(environment, previous)
    if written and written.name in (None, kept["inputs"]["name"]):
        return None
    done = tuple(step.name for step in STEPS if step.name not in ("state", "file"))
    old = ending.left_behind(project, asked)
    is_undo = written is not None and written.name == record.old.name
    return record.changed(old=old, new=record.old, is_undo=is_undo, done=done)


def _refuse_strange_rows(
    project: Project, app: str, addon: str, name: str, is_promoted: bool
) -> None:
    """Check that a copy destroys nothing: the database is empty, or a move has filled it.

    Raises:
        MoveRefused: it has tables of unknown origin.
        ApiError: Heroku does not answer.
    """
    is_ours = is_promoted or Transfers(project.api, app, lambda _: None).was_copied_to(name)
    if not is_ours and read_database(project.api, addon).tables:
        raise MoveRefused(
            f"database {name} of {app} is not in the state of stack {project.stack}, but has tables"
            " that no move has copied: import it, or destroy it with heroku addons:destroy"
        )


def _candidates(project: Project, asked: Asked) -> Iterator[tuple[str, str]]:
    record = asked.record
    managed = {each.get("id") for each in asked.state.resources}
    plan = f"{catalogue.POSTGRES_SERVICE}:{record.new.plan}"
    for each in project.api.listing(f"/apps/{record.app}/addons"):
        name = str(each["name"])
        named = is_generated(name, record.resource) or name == record.new.name
        if named and each["id"] not in managed and each["plan"]["name"] == plan:
            yield str(each["id"]), str(each["name"])


def _chosen(project: Project, addon: str) -> Iterator[AttachedName]:
    for each in project.api.listing(f"/addons/{addon}/addon-attachments"):
        if not is_spare(each["name"]):
            yield AttachedName.of(each)


def _is_promoted(
    attached: tuple[AttachedName, ...], record: MoveRecord, environment: Environment
) -> bool:
    """Return whether one of the names is a name of the database that is moved."""
    section = declared(environment, record.resource)
    names = {*(section.attachments if section else ()), *([LIVE] * (record.resource == MAIN))}
    return any(each.app == record.app and each.name in names for each in attached)


def left_down(project: Project, record: MoveRecord) -> Iterator[str]:
    """Yield what to run afterwards for each app that an interrupted move may have left down.

    Only the other machine knows what ran before, and whether the app was in maintenance mode.

    Raises:
        ApiError: Heroku does not answer.
    """
    known = {each.app for each in record.writers if any(each.formation.values())}
    for name in dict.fromkeys([record.app, *(each.app for each in record.attachments)]):
        app = HerokuApp(project.api, name)
        if name in known or not app.read()["maintenance"]:
            continue
        formation = app.formation()
        commands = [f"heroku maintenance:off --app {name}"]
        if formation and not any(formation.values()):
            scale = " ".join(f"{process}=1" for process in sorted(formation))
            commands.insert(0, f"heroku ps:scale {scale} --app {name}")
        yield (
            f"{name} is in maintenance mode, perhaps because a move was interrupted on another"
            f" machine; if so, run afterwards: {' && '.join(commands)}"
        )


def resumed_undo(project: Project, record: MoveRecord, environment: Environment) -> MoveRecord:
    """Return the record of a way back with what an interrupted one, without a record, has done.

    Raises:
        ApiError: Heroku does not answer.
    """
    attached = tuple(_chosen(project, record.new.addon))
    if not _is_promoted(attached, record, environment):
        attached = ()
    return record.changed(
        attachments=(*record.attachments, *attached),
        writers=_stopped(project, record.app, environment),
    )


def _stopped(project: Project, name: str, environment: Environment) -> tuple[Writer, ...]:
    """Return the app with the formation in the file if a move has stopped it; else nothing."""
    app = HerokuApp(project.api, name)
    now = app.formation()
    if any(now.values()) or not app.read()["maintenance"]:
        return ()
    wanted = {key: each.quantity for key, each in environment.formation.items()}
    return (Writer(app=name, formation={**now, **wanted}, maintenance=False),)
