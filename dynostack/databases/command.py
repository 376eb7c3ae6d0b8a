"""The command `dynostack postgres move`, without the parsing of its options."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from dynostack.databases import ending, interrupted, move, preflight, promotion, writers
from dynostack.databases.contents import Contents
from dynostack.databases.errors import MoveError, MoveRefused, StepFailed
from dynostack.databases.move import Move, is_reachable
from dynostack.databases.record import MoveRecord, RecordFile, Side
from dynostack.databases.request import Asked, Project, read_request
from dynostack.databases.stack_file import declared, previous_of
from dynostack.databases.transfers import size
from dynostack.engine.process import EngineFailed
from dynostack.environment import catalogue
from dynostack.environment.command_line import stack_command
from dynostack.environment.database_moves import STEPS, DatabaseMove, downtime_text, move_command
from dynostack.inventory.platform_api import ApiError
from dynostack.review.command import judged
from dynostack.review.engine import Engine
from dynostack.review.model import Verdict
from dynostack.review.redaction import Mask

COPY_BYTES = 10 << 30
"""The size up to which Heroku recommends a copy.

https://devcenter.heroku.com/articles/upgrading-heroku-postgres-databases
"""

Say = Callable[[str], None]
Ask = Callable[[str], bool]
"""Asks a yes-or-no question."""


@dataclass(frozen=True)
class MoveCommand:
    """One call of the command for one database."""

    project: Project
    resource: str
    say: Say
    """Prints a line of progress."""
    ask: Ask
    ask_takeover: Ask
    """Asks whether a process on another machine is gone."""
    ask_name: Callable[[str], str] = field(repr=False)
    """Asks for the name of the database to destroy."""

    @property
    def file(self) -> RecordFile:
        """Return the file with the record of the database's last move."""
        return self.project.record_file(self.resource)

    def edit(self, plan: str | None, version: str | None) -> str:
        """Write another plan or version to the stack's file.

        Returns:
            The difference; empty if the file already says so.

        Raises:
            MoveRefused: the change would make the file invalid; the file was left unchanged.
        """
        file = self.project.file
        before = file.text()
        values = {"plan": plan, "version": version}
        wanted = {key: value for key, value in values.items() if value is not None}
        text = file.with_database(before, self.resource, wanted)
        file.environment(text)
        return file.write(text)

    def outline(self) -> tuple[str, dict[str, Any]]:
        """Return what a move would do, as text and as JSON data, without doing it.

        Raises:
            MoveRefused: there is nothing to move.
        """
        asked, change = self._asked()
        steps = [{"name": each.name, "title": each.title, "down": each.is_down} for each in STEPS]
        document = {**summary(asked.record), "bytes": asked.details.size, "steps": steps}
        return "\n".join(_outline(asked, change)), document

    def move(self) -> MoveRecord:
        """Move the database to what the file says, or continue an interrupted move.

        Returns:
            The record of the completed move.

        Raises:
            MoveRefused: a check failed, or the user did not agree; nothing was changed.
            MoveError: a step failed; the message says what is true now.
        """
        known = self.file.read()
        if record := self._unfinished():
            self._refuse_other_wish(record)
            self.say(f"continue the move from {record.old} to {record.new}")
            return self._run(record, known)
        asked, change = self._asked()
        self._refuse_second_move(asked)
        attachments = promotion.read_attachments(
            self.project.api, asked.record.old.addon, asked.record.app
        )
        asked = replace(asked, record=asked.record.changed(attachments=attachments))
        apps = dict.fromkeys([asked.record.app, *(each.app for each in attachments)])
        using = writers.read_writers(self.project.api, iter(apps))
        preflight.check(self.project, asked, using, self.say)
        for line in _outline(asked, change):
            self.say(line)
        if not self.ask("Move the database now?"):
            raise MoveRefused("nothing was changed")
        return self._run(asked.record, known)

    def undo(self) -> MoveRecord | None:
        """Switch back to the database that a move kept, or cancel a move that has not finished.

        Returns:
            The record of the move back; None if a move was canceled.

        Raises:
            MoveRefused: there is nothing to undo, or the user did not agree.
            MoveError: a step failed; the message says what is true now.
        """
        known = self.file.read()
        if record := self._unfinished():
            if record.is_undo or ending.promotion_started(self._begun(record)):
                completed = self._run(record, known)
                if record.is_undo:
                    return completed
            else:
                with self._alone(known):
                    self._cancel(self._begun(record))
                return None
        return self._go_back()

    def finish(self, confirmed: str) -> None:
        """Destroy the old database that a move kept.

        Args:
            confirmed: the name of the database to destroy; empty to ask for it.

        Raises:
            MoveRefused: there is none, it is in use, or the name is wrong.
            MoveError: Heroku refuses, or cannot be reached.
        """
        if record := self._unfinished():
            raise MoveRefused(
                f"the move to {record.new} has not finished; to finish it, run: {self._command()}"
            )
        known = self.file.read()
        asked = read_request(self.project, self.resource, self.project.file.environment())
        if changed := ending.forgotten(self.project, asked):
            self.say(self.project.file.advice(changed))
            return
        side, app = ending.left_behind(self.project, asked), asked.record.app
        ending.refuse_use(self.project.api, app, side)
        self._confirm_loss(side, confirmed)
        with self._alone(known):
            changed = ending.finish(self.project, self.resource, app, side)
            self.file.remove()
        self.say(f"destroyed {side}")
        if changed:
            self.say(self.project.file.advice(changed))

    def _asked(self) -> tuple[Asked, DatabaseMove]:
        asked = read_request(self.project, self.resource, self.project.checked_environment())
        old, new = asked.record.old, asked.record.new
        if asked.change is not None:
            return asked, asked.change
        if old.plan == new.plan:
            raise MoveRefused(f"{self.project.file.name} already says {old}: nothing to move")
        raise MoveRefused(
            f"Heroku changes {old.plan} to {new.plan} in place: run dynostack review"
            f" {self.project.stack}, then dynostack apply; nothing was changed"
        )

    def _refuse_second_move(self, asked: Asked) -> None:
        previous = previous_of(self.resource)
        if asked.state.database(previous):
            raise MoveRefused(
                f"the old database of the last move, {previous}, still exists; to destroy it, first"
                f" run: {self._command('--finish')}"
            )

    def _unfinished(self) -> MoveRecord | None:
        """Return the record of an interrupted move, even if it ran on another machine.

        Ignore a move that had not created its database yet.
        """
        environment = self.project.checked_environment()
        record = self.file.read()
        if record and not is_done(record):
            if record.new.addon:
                return record
            # Its process may have been killed before it knew the id of what it created.
            for each in self.project.api.listing(f"/apps/{record.app}/addons"):
                if each["name"] == record.new.name:
                    created = record.new.model_copy(update={"addon": str(each["id"])})
                    return record.changed(new=created)
            return None
        asked = read_request(self.project, self.resource, environment)
        found = interrupted.unwritten(self.project, asked, environment)
        if found is None and asked.change:
            found = interrupted.recognized(self.project, asked, environment)
        if found and not self.ask_takeover(
            f"A move to {found.new} was interrupted on another machine, or is still running there."
            " Is its process gone, so that this one may continue?"
        ):
            raise MoveRefused("nothing was changed")
        for advice in interrupted.left_down(self.project, found) if found else ():
            self.say(advice)
        return found

    def _begun(self, record: MoveRecord) -> Move:
        return Move(self.project, self.file, record, self.say)

    @contextmanager
    def _alone(self, known: MoveRecord | None) -> Iterator[None]:
        """Keep other processes of this machine away.

        Args:
            known: the record that this process decided by.

        Raises:
            MoveRefused: another process is moving the database, or has done so meanwhile.
        """
        with self.file.locked():
            if self.file.read() != known:
                raise MoveRefused(
                    "another dynostack process has moved this database meanwhile; nothing was"
                    " changed"
                )
            yield

    def _refuse_other_wish(self, record: MoveRecord) -> None:
        """Check that the file still asks for what an interrupted move leads to."""
        section = declared(self.project.file.environment(), self.resource)
        if record.is_undo or section is None or ending.promotion_started(self._begun(record)):
            return
        version = section.version if "version" in section.model_fields_set else record.new.version
        if (section.plan, version) != (record.new.plan, record.new.version):
            raise MoveRefused(
                f"{self.project.file.name} asks for {section.plan} with PostgreSQL {version}, but"
                f" the interrupted move leads to {record.new}: change the file back to go on, or"
                f" cancel that move with {self._command('--undo')}"
            )

    def _run(self, record: MoveRecord, known: MoveRecord | None) -> MoveRecord:
        begun = self._begun(record)
        with self._alone(known):
            begun.keep()
            try:
                move.run(begun)
            except KeyboardInterrupt:
                down = "; the site is down until then" if begun.is_down else ""
                self.say(
                    f"interrupted{down}; to continue, run: {self._command()}; to go back, run:"
                    f" {self._command('--undo')}"
                )
                raise
            self._conclude(begun.record)
        return begun.record

    def _conclude(self, record: MoveRecord) -> None:
        """Say what is left to do, and update the outputs of the stack.

        Raises:
            MoveError: the review failed; the move is done.
        """
        self.say(f"{self.resource} is now {record.new}")
        price = catalogue.monthly_price(catalogue.POSTGRES_SERVICE, record.old.plan)
        self.say(
            f"{record.old} is kept as {previous_of(self.resource)}, protected and billed"
            f" ({catalogue.price_text(price)}); to destroy it, run: {self._command('--finish')}; to"
            f" switch back to it, run: {self._command('--undo')}"
        )
        try:
            self._review(record)
        except (ApiError, EngineFailed) as error:
            raise MoveError(
                f"the move is done, but its review failed: {error}\n      = to see what is left to"
                f" do, run {stack_command('dynostack review', record.stack)}"
            ) from None

    def _review(self, record: MoveRecord) -> None:
        project = self.project
        engine = Engine(project.workspace, project.stack)
        with engine.preview(self.say) as running:
            found = judged(project.workspace, project.stack, running, lambda _: None)
            if found.review.verdict is Verdict.NOTHING:
                self.say("review: nothing changes")
                mask = Mask.of(found.planned.preview, found.secrets, found.ids)
                message = f"move {self.resource} to {record.new.name}"
                engine.up(found.planned, message, mask, lambda _: None)
        if found.review.verdict is Verdict.FAILED:
            self.say("\n".join(("the review failed:", *found.review.errors)))
        elif found.review.verdict is not Verdict.NOTHING:
            self.say(
                "the file has other changes; to see them, run:"
                f" {stack_command('dynostack review', record.stack)}"
            )

    def _cancel(self, begun: Move) -> None:
        record = begun.record
        if "stop" in record.done or record.writers:
            try:
                self.say(move.go_back(begun).partition("\n")[0])
            except (ApiError, StepFailed) as error:
                raise MoveError(
                    f"{error}\n      = the app may still be stopped: run the same command again as"
                    " soon as Heroku answers"
                ) from None
        if record.new.addon:
            ending.refuse_use(self.project.api, record.app, record.new)
            if not self.ask(f"Destroy {record.new}, which no app uses?"):
                raise MoveRefused(f"{record.new} exists and is billed; nothing was destroyed")
            ending.destroy(self.project.api, record.app, record.new)
            self.say(f"destroyed {record.new}")
        self.file.remove()
        self.say(f"the app runs on {record.old}")

    def _go_back(self) -> MoveRecord:
        project = self.project
        environment = project.file.environment()
        asked = read_request(project, self.resource, environment)
        current, earlier = asked.record.old, ending.left_behind(project, asked)
        last = self.file.read()
        ending.require(project.api, earlier)
        record = ending.way_back(project, asked.record, earlier)
        if last is None:
            record = interrupted.resumed_undo(project, record, environment)
            for advice in interrupted.left_down(project, record):
                self.say(advice)
        begun = self._begun(record)
        for line in self._lost(begun, last.contents if last else None):
            self.say(line)
        if not self.ask(f"Switch back from {current} to {earlier}?"):
            raise MoveRefused("nothing was changed")
        return self._run(record, last)

    def _lost(self, begun: Move, before: Contents | None) -> Iterator[str]:
        if before is None or not begun.is_reachable:
            yield "switching back loses what was written since the move; how much is unknown"
            return
        written = list(ending.written_since(before, begun.contents(begun.record.old.addon)))
        yield (
            "switching back loses what was written since the move:"
            if written
            else "nothing was written since the move"
        )
        yield from written

    def _confirm_loss(self, side: Side, confirmed: str) -> None:
        given = confirmed or self.ask_name(
            f"{side} will be destroyed with all its data and backups. To confirm, type its name"
        )
        if given != side.name:
            raise MoveRefused(f"{given or 'an empty name'} is not {side.name}; nothing was changed")

    def _command(self, option: str = "") -> str:
        options = (option,) if option else ()
        return move_command(self.project.stack, self.resource, *options)


def summary(record: MoveRecord) -> dict[str, Any]:
    """Return a move as JSON data, with times in seconds."""
    sides = {"old": record.old.model_dump(), "new": record.new.model_dump()}
    found = record.contents
    compared = {"tables": len(found.tables), "rows": found.rows} if found else None
    return {
        "stack": record.stack,
        "database": record.resource,
        "app": record.app,
        **sides,
        "downtime": record.downtime,
        "compared": compared,
    }


def is_done(record: MoveRecord) -> bool:
    """Return whether every step of a move is done."""
    return all(step.name in record.done for step in STEPS)


def _outline(asked: Asked, change: DatabaseMove) -> Iterator[str]:
    old, new = asked.record.old, asked.record.new
    yield f"from {old}"
    yield f"to   {new}"
    yield f"{change.price_text}; both databases are billed until --finish destroys the old one"
    downtime = downtime_text(asked.details.size)
    yield f"expected downtime for {size(asked.details.size)}: {downtime}"
    if change.is_downgrade:
        yield (
            f"PostgreSQL {new.version} is older: the move works only if the database uses no newer"
            " features"
        )
    if asked.details.size > COPY_BYTES:
        yield "Heroku recommends a copy only for databases under 10 GB: rehearse the move first"
    if not is_reachable(asked.record):
        yield (
            "a Private or Shield database accepts connections only from its own space: the data is"
            " not compared, and clients other than the app's dynos are not disconnected"
        )
    for number, step in enumerate(STEPS, 1):
        yield f"{number:2}. {step.title}{' (the site is down)' if step.is_down else ''}"
