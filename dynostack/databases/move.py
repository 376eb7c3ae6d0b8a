"""The steps of a move, each recorded when it is done, and the way back if one fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dynostack.databases import promotion, site, writers
from dynostack.databases import settled as settling
from dynostack.databases.app import HerokuApp
from dynostack.databases.contents import Contents, differences, read_contents
from dynostack.databases.errors import MoveError, StepFailed
from dynostack.databases.record import MoveRecord, RecordFile
from dynostack.databases.request import Project
from dynostack.databases.sessions import available_extensions, connected, extensions, settings
from dynostack.databases.settled import awaited, settled
from dynostack.databases.stack_file import StackFile, declared, previous_of
from dynostack.databases.stack_state import DatabaseState, edit_state
from dynostack.databases.transfers import Transfers, wait_until_available
from dynostack.engine.process import EngineFailed
from dynostack.environment import catalogue
from dynostack.environment.database_moves import STEPS
from dynostack.inventory.platform_api import ApiError

UNREACHABLE = ("private", "shield")
"""The tiers whose databases accept connections only from their own Private Space.

https://devcenter.heroku.com/articles/heroku-postgres-and-private-spaces
"""
URL_SECONDS = 120.0
PROVISION_SECONDS = 3600.0
SHOWN = 10
RELEASE_SECONDS = 3600.0
"""The longest release phase: https://devcenter.heroku.com/articles/release-phase"""
RETURN_PAUSES = (0, 5, 15, 30, 60, 120)
"""The seconds before each try to return to the old database."""


def is_reachable(record: MoveRecord) -> bool:
    """Return whether both databases of a move accept connections from here."""
    return not any(side.plan.startswith(UNREACHABLE) for side in (record.old, record.new))


@dataclass
class Move:
    """A move in progress."""

    project: Project
    file: RecordFile
    record: MoveRecord
    say: Callable[[str], None]
    urls: dict[str, str] = field(default_factory=dict, repr=False)

    def keep(self, **changes: Any) -> None:
        """Change the record and store it."""
        self.record = self.record.changed(**changes)
        self.file.write(self.record)

    @property
    def is_reachable(self) -> bool:
        """Return whether both databases accept connections from here."""
        return is_reachable(self.record)

    @property
    def is_down(self) -> bool:
        """Return whether the app is stopped, or about to be."""
        return bool(self.record.writers) and "start" not in self.record.done

    def url(self, addon: str) -> str:
        """Return the URL of one of the databases, which is secret.

        Raises:
            StepFailed: no config var of the app has it.
        """
        if addon not in self.urls:
            api, app = self.project.api, self.record.app
            self.urls[addon] = awaited(
                lambda: promotion.url_of(api, app, addon), URL_SECONDS, "read the database's URL"
            )
        return self.urls[addon]

    def transfers(self) -> Transfers:
        """Return the app's transfers."""
        return Transfers(self.project.api, self.record.app, self.say)

    def contents(self, addon: str) -> Contents:
        """Read the contents of one of the databases.

        Raises:
            StepFailed: the database cannot be read.
        """
        return read_contents(self.url(addon))


def create(move: Move) -> None:
    """Create the new database beside the old one, and wait until it accepts connections."""
    api, record = move.project.api, move.record
    body = {
        "plan": f"{catalogue.POSTGRES_SERVICE}:{record.new.plan}",
        "name": record.new.name,
        "config": {"version": record.new.version},
        "confirm": record.app,
    }

    def created() -> str | None:
        listed = api.listing(f"/apps/{record.app}/addons")
        return next((str(each["id"]) for each in listed if each["name"] == record.new.name), None)

    path = f"/apps/{record.app}/addons"
    addon = settled(created, lambda: api.send("POST", path, body), "create the new database")
    move.keep(new=record.new.model_copy(update={"addon": addon}))
    awaited(lambda: _provisioned(move), PROVISION_SECONDS, "create the new database")
    wait_until_available(api, addon)
    _check_extensions(move)


def _provisioned(move: Move) -> bool | None:
    state = move.project.api.get(f"/addons/{move.record.new.addon}")["state"]
    if state == "deprovisioned":
        raise StepFailed("Heroku could not create the new database and has removed it")
    return True if state == "provisioned" else None


def _check_extensions(move: Move) -> None:
    if not move.is_reachable:
        return
    with connected(move.url(move.record.old.addon)) as old:
        used, before = extensions(old), settings(old)
    with connected(move.url(move.record.new.addon)) as new:
        missing, lost = used - available_extensions(new), before - settings(new)
    if lost:
        move.say(
            f"not copied, because they are settings of ALTER DATABASE or ALTER ROLE:"
            f" {', '.join(sorted(lost))}; set them in {move.record.new.name}, too"
        )
    if missing:
        raise StepFailed(
            f"PostgreSQL {move.record.new.version} on {move.record.new.plan} does not have the"
            f" extensions {', '.join(sorted(missing))}; drop them from the old database first, or"
            " choose another version or plan"
        )


def back_up(move: Move) -> None:
    """Back up the old database, while the site is still up."""
    move.keep(transfers=move.record.transfers or move.transfers().ids())
    move.transfers().back_up(move.record.old.addon, move.record.transfers)


def stop(move: Move) -> None:
    """Turn on maintenance mode, stop every dyno and block all other writes."""
    api, record = move.project.api, move.record
    apps = dict.fromkeys([record.app, *(each.app for each in record.attachments)])
    answered = record.answered or site.status(HerokuApp(api, record.app))
    known = {each.app for each in record.writers}
    others = writers.read_writers(api, (app for app in apps if app not in known))
    move.keep(writers=(*record.writers, *others))
    move.keep(answered=answered, down_since=record.down_since or time.time())
    writers.stop(api, move.record.writers)
    if move.is_reachable:
        move.keep(writes=writers.lock_out(move.url(record.old.addon)))


def copy(move: Move) -> None:
    """Copy the data with a transfer by Heroku, and summarize the old database meanwhile."""
    record = move.record
    source = (record.old.name, move.url(record.old.addon))
    target = (record.new.name, move.url(record.new.addon))
    with ThreadPoolExecutor(max_workers=1) as pool:
        reading = pool.submit(move.contents, record.old.addon) if move.is_reachable else None
        move.transfers().copy(source, target, record.new.addon)
        if reading:
            move.keep(contents=reading.result())


def compare(move: Move) -> None:
    """Compare the contents of both databases."""
    if move.record.contents is None:
        move.say("not compared: the databases accept connections only from their Private Space")
        return
    found = list(differences(move.record.contents, move.contents(move.record.new.addon)))
    if found:
        raise StepFailed(
            f"the new database differs from the old one:{_shown(found)}\n      = if something was"
            " still writing to the old database, stop it, then run the same command again"
        )
    contents = move.record.contents
    move.say(
        f"the same in both databases: {len(contents.tables)} tables with {contents.rows:,} rows,"
        " sequences, indexes, constraints, extensions"
    )
    if contents.unsummed:
        move.say(f"only the number of rows was compared for: {', '.join(contents.unsummed)}")


def promote(move: Move) -> None:
    """Attach the new database under every name of the old one."""
    record = move.record
    if move.is_reachable:
        if not is_promoted(move):
            writers.refuse_writes_since(move.url(record.old.addon), record.writes)
        # When a move is undone, this is the database that was made read-only.
        writers.readmit(move.url(record.new.addon))
    promotion.promote(
        move.project.api, record.app, record.attachments, record.old.addon, record.new.addon
    )
    for name in dict.fromkeys(each.app for each in record.attachments):
        app = HerokuApp(move.project.api, name)
        awaited(partial(_released, app), RELEASE_SECONDS, f"release {name} with the new database")


def _released(app: HerokuApp) -> bool | None:
    """Return whether the app's dynos will get the new config vars: its release phase may fail."""
    match app.last_release():
        case "failed" | "expired":
            raise StepFailed(
                f"the release phase of {app.name} failed with the new database, so its dynos would"
                f" use the old one; to see why, run heroku releases:output --app {app.name}"
            )
        case "pending":
            return None
    return True


def start(move: Move) -> None:
    """Start the dynos again and turn off maintenance mode."""
    writers.start(move.project.api, move.record.writers)


def answer(move: Move) -> None:
    """Wait until the site works with the new database, if it worked before the move."""
    if site.is_well(move.record.answered):
        site.wait_for_answer(HerokuApp(move.project.api, move.record.app))
    downtime = time.time() - move.record.down_since
    move.keep(downtime=downtime)
    move.say(f"the downtime was {downtime:.1f} s")


def update_state(move: Move) -> None:
    """Give the resource in the state to the new database, and the old one its own resource."""
    record, project = move.record, move.project
    previous = previous_of(record.resource)
    app = HerokuApp(project.api, record.app)
    attached = (each for each in app.attachments() if each["addon"]["id"] == record.new.addon)
    ids = {each["name"]: each["id"] for each in attached}

    def exchange(state: DatabaseState) -> None:
        state.exchange(record.resource, previous, record.old, record.new)
        state.attachment_ids(ids)

    edit_state(project.runner, record.stack, exchange, record.resource, previous)


def text_afterwards(file: StackFile, record: MoveRecord) -> str:
    """Return the text of the file after a move.

    Raises:
        MoveRefused: the text cannot be edited.
    """
    written = declared(file.environment(), record.resource)
    said = written.model_fields_set if written else set()
    now = {"plan": record.new.plan, "version": record.new.version, "name": record.new.name}
    section = {key: value for key, value in now.items() if key in said}
    text = file.with_database(file.text(), record.resource, section)
    kept = {"plan": record.old.plan, "version": record.old.version, "name": record.old.name}
    if record.old.version not in catalogue.POSTGRES_VERSIONS.names:
        # A file cannot name a version that Heroku no longer offers; a database keeps its own.
        del kept["version"]
    return file.with_database(text, previous_of(record.resource), kept)


def update_file(move: Move) -> None:
    """Write the new database to the file, and the old one as an additional database."""
    file = move.project.file
    text = text_afterwards(file, move.record)
    if changed := file.write(text):
        move.say(file.advice(changed))


ACTIONS: dict[str, Callable[[Move], None]] = {
    "create": create,
    "back-up": back_up,
    "stop": stop,
    "copy": copy,
    "compare": compare,
    "promote": promote,
    "start": start,
    "answer": answer,
    "state": update_state,
    "file": update_file,
}
"""Name of a step -> what it does; each can be repeated after an interruption."""
COPYING = ("copy", "compare")
"""The steps that a move back to the old database skips."""


def run(move: Move) -> None:
    """Run the steps that are not done.

    Raises:
        MoveError: a step failed; the message says which database the app uses now.
    """
    try:
        _repeat_uncertain_copy(move)
    except ApiError as error:
        raise MoveError(f"{error}\n      = run the same command again to continue") from None
    for step in STEPS:
        if step.name in move.record.done:
            continue
        move.say(step.title)
        try:
            ACTIONS[step.name](move)
        except (ApiError, EngineFailed, MoveError) as error:
            after = _returned(move) if step.is_down else _current_database(move)
            raise MoveError(f"{error}\n{after}") from None
        move.keep(done=(*move.record.done, step.name))


def _repeat_uncertain_copy(move: Move) -> None:
    """Repeat the downtime if something may have written to the old database meanwhile."""
    done = move.record.done
    if "stop" in done and "promote" not in done and not is_promoted(move):
        move.keep(done=_without_downtime(move.record))


def _returned(move: Move) -> str:
    """Return the app to the old database, and try for some minutes: it is down until then."""
    problem = ""
    for pause in RETURN_PAUSES:
        time.sleep(pause * settling.PAUSE_SECONDS)
        try:
            return go_back(move)
        except (ApiError, StepFailed) as error:
            problem = str(error)
            move.say(f"{problem}; try again")
    return (
        f"      switching back failed, too: {problem}\n      = the app may still be down: run the"
        " same command again as soon as Heroku responds"
    )


def go_back(move: Move) -> str:
    """Return the app to the old database after a failure, unless it has used the new one.

    Returns:
        What is true now, and what to do.

    Raises:
        ApiError: Heroku does not answer; the app may still be stopped.
        StepFailed: Heroku refuses, or a database cannot be reached; the app may still be stopped.
    """
    record, api = move.record, move.project.api
    move.say("switch back to the old database")
    if is_promoted(move):
        writers.stop(api, record.writers)
        if written := _written(move):
            return _stay(move, written)
        # From here on, the copy is worth nothing: a process that is killed must repeat it.
        move.keep(done=_without_downtime(record))
        for each in record.attachments:
            HerokuApp(api, each.app).attach(record.old.addon, each.name, each.namespace)
    move.keep(done=_without_downtime(record))
    if move.is_reachable:
        writers.readmit(move.url(record.old.addon))
    writers.start(api, record.writers)
    if record.is_undo:
        # The next run starts the undo again: both databases are as they were before this one.
        move.file.remove()
    else:
        move.keep(contents=None, writers=(), down_since=0.0, answered=0)
    return f"the app runs on the old database, {record.old}; nothing is lost{_next(move)}"


def _written(move: Move) -> list[str]:
    """Return what the app has written to the new database, which the old one does not have."""
    contents = move.record.contents
    if contents is None or contents.unsummed:
        # Before the end of this step, no dyno runs.
        is_used = "promote" in move.record.done
        return ["what was written since is not known"] if is_used else []
    return list(differences(contents, move.contents(move.record.new.addon)))


def _stay(move: Move, written: list[str]) -> str:
    """Leave the app on the new database, which has rows that the old one does not have."""
    record = move.record
    if "promote" not in record.done:
        promotion.promote(
            move.project.api, record.app, record.attachments, record.old.addon, record.new.addon
        )
    writers.start(move.project.api, record.writers)
    # The rest of the move, and a way back from its end, do not need the site.
    done = dict.fromkeys((*record.done, "promote", "start", "answer"))
    move.keep(done=tuple(done), downtime=time.time() - record.down_since)
    return (
        f"the app stays on the new database, {record.new}, because it has been used:"
        f"{_shown(written)}\n      = run the same command again to go on; to go back, and lose what"
        " was written, run it with --undo"
    )


def _shown(found: list[str]) -> str:
    more = f"\n      and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "".join(f"\n      {each}" for each in found[:SHOWN]) + more


def _without_downtime(record: MoveRecord) -> tuple[str, ...]:
    """Return the completed steps that need not be repeated after a return to the old database."""
    repeated = {step.name for step in STEPS if step.is_down}
    if record.is_undo:
        repeated -= set(COPYING)
    return tuple(name for name in record.done if name not in repeated)


def is_promoted(move: Move) -> bool:
    """Return whether the new database already has one of the attachments."""
    record = move.record
    return any(
        HerokuApp(move.project.api, each.app).attached(each.name) == record.new.addon
        for each in record.attachments
    )


def _current_database(move: Move) -> str:
    """Return which database the app uses after a failure outside the downtime."""
    record = move.record
    if "promote" in record.done:
        return (
            f"the app runs on the new database, {record.new}\n      = run the same command again"
            " to continue"
        )
    return f"the app still runs on the old database, {record.old}{_next(move)}"


def _next(move: Move) -> str:
    again = "\n      = run the same command again to continue"
    if move.record.is_undo or not move.record.new.addon:
        return again
    return (
        f"\n      = {move.record.new} exists and is billed: run the same command again to continue,"
        " or with --undo to destroy it"
    )
