"""The command `dynostack recover`, without the parsing of its options."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from dynostack.engine.exported_state import ExportedState
from dynostack.engine.file_backend import Damage
from dynostack.engine.locks import Lock
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.inventory import account
from dynostack.inventory.platform_api import ApiError, ApiRefusal, PlatformApi
from dynostack.local.workspace import LocalWorkspace
from dynostack.recover import billed
from dynostack.recover.billed import Unmanaged
from dynostack.recover.errors import RecoverRefused
from dynostack.recover.lost import Window, is_recorded, lost, read_window, with_lost
from dynostack.recover.release import await_providers, refuse_owned, release
from dynostack.recover.settle import Settlement, Settling, Verdict, edited, saved_at, to_read
from dynostack.review.command import Judged, judged
from dynostack.review.engine import Engine
from dynostack.review.model import Operation, Review
from dynostack.review.model import Verdict as Outcome
from dynostack.review.render import text
from dynostack.review.source_locations import SourceLocations

Say = Callable[[str], None]
Ask = Callable[[str], bool]
"""Asks a yes-or-no question and returns the answer."""

NOTHING = "nothing was changed"
DECLINED = "not confirmed, so nothing else was changed"
DONE, FAILED = 0, 1
ACCESS = (401, 403)
"""The statuses of an API key that is wrong, or that may not do something."""
CREATING = (Operation.CREATE, Operation.REPLACE)


@dataclass(frozen=True)
class Options:
    """The options of the command."""

    dry_run: bool = False
    gone: tuple[str, ...] = ()
    """The ids of locks whose engines the user confirms to be gone."""
    destroy: str = ""
    """The name of the add-on to destroy; empty for none."""


@dataclass(frozen=True)
class RecoverCommand:
    """One call of the command for one stack."""

    workspace: LocalWorkspace
    stack: str
    api: PlatformApi
    runner: PulumiProcess
    options: Options
    say: Say
    """Prints a line of progress."""
    show: Say = field(repr=False)
    """Prints the review."""
    agree: Ask = field(repr=False)
    """Asks to confirm the printed actions; `--yes` confirms them."""
    decide: Ask = field(repr=False)
    """Asks what only a person can decide; raises RecoverRefused if nobody can answer."""
    moving: Mapping[str, str] = field(default_factory=dict)
    """The name of the new database of an interrupted move -> the program's name of the old one."""

    def run(self) -> int:
        """Repair the stack after a killed update, and review it.

        Returns:
            The exit code: 0 on success or after a dry run, 1 if the review failed.

        Raises:
            RecoverRefused: a person has to decide first, or did not confirm.
            ApiError: Heroku does not answer.
            EngineFailed: the engine cannot read or write the state.
        """
        self._refuse_account()
        damage = self._damage()
        if damage and not self._restored(damage):
            return DONE
        state, is_settled = self._settle()
        judgment = None
        if is_settled or not self.options.dry_run:
            judgment = self._judge()
            window = self._window(state)
            while new := self._adopt_lost(state, judgment, window):
                state = new
                if self.options.dry_run:
                    break
                judgment = self._judge()
        self._report_billed(state)
        return self._report(judgment.review) if judgment else DONE

    def _refuse_account(self) -> None:
        """Check that the API key belongs to the stack's account, and so can see its apps."""
        places = SourceLocations.of(self.workspace.project, self.stack)
        owner = str(places.value("account") or "")
        if owner and (message := account.refusal(self.stack, owner)):
            raise RecoverRefused(f"{message}\n{NOTHING}")
        self.api.get("/account")

    def _releasable_locks(self) -> tuple[Lock, ...]:
        """Return the stack's locks after checking that all of them may be released.

        Raises:
            RecoverRefused: an engine runs, or may run on another machine.
        """
        locks = self.runner.locks(self.stack)
        refuse_owned(self.stack, locks, self.options.gone)
        return locks

    def _damage(self) -> Damage | None:
        """Return the damage to the state; None if it is intact, or not in a folder."""
        folder = self.runner.state_folder
        return folder.damage(self.workspace.project, self.stack) if folder else None

    def _restored(self, damage: Damage) -> bool:
        """Restore a damaged state file from its backup; return False in a dry run."""
        self._releasable_locks()
        if damage.is_foreign or damage.backup is None:
            raise RecoverRefused(f"{damage}\n{NOTHING}")
        self.say(damage.problem)
        self.say(f"the newest readable backup is {damage.backup}")
        if self.options.dry_run:
            self.say("would restore this backup first; only then can the rest be checked")
            return False
        if not self.agree("Restore the state from this backup?"):
            raise RecoverRefused(DECLINED)
        self._releasable_locks()
        if self._damage() != damage:
            raise RecoverRefused(f"{damage.file} has just changed; {NOTHING}: run this again")
        damage.restore()
        self.say(f"restored {damage.file}; the damaged file is kept beside it")
        return True

    def _settle(self) -> tuple[ExportedState, bool]:
        """Release locks and settle interrupted operations.

        Returns:
            The new state, which a dry run does not save, and whether there was nothing to do.
        """
        locks = self._releasable_locks()
        if not self.options.dry_run:
            await_providers(self.workspace.project)
        before = ExportedState.read(self.runner, self.stack)
        found = self._settling(before, locks).settlements()
        for line in self._lines(locks, found):
            self.say(line)
        if not locks and not found:
            self.say("no lock and no interrupted operation")
            return before, True
        found = [self._decided(each) for each in found]
        if self.options.dry_run:
            return edited(before, found), False
        if not self.agree("Do this now?"):
            raise RecoverRefused(DECLINED)
        release(self.runner, self.stack, locks, self.options.gone)
        if locks:
            self.say("released the lock")
        if not found:
            return before, False
        new = edited(before, found)
        new.write_over(before)
        self.say("saved the state without interrupted operations")
        self._refresh(new, to_read(found))
        return new, False

    def _settling(self, state: ExportedState, locks: Sequence[Lock]) -> Settling:
        return Settling(
            self.api,
            state,
            locks,
            self.say,
            waits=not self.options.dry_run,
            elsewhere=cache(partial(billed.managed_elsewhere, self.runner, self.stack)),
        )

    def _lines(self, locks: Collection[Lock], found: Collection[Settlement]) -> Sequence[str]:
        held = [
            f"the stack has been locked {lock.holder}, which is gone; release the lock"
            for lock in locks
        ]
        return (*held, *map(str, found))

    def _decided(self, settlement: Settlement) -> Settlement:
        """Return a settlement, after asking a person if what Heroku has does not decide it.

        Raises:
            RecoverRefused: nobody can answer, or the person declined.
        """
        if settlement.verdict is not Verdict.ASK or self.options.dry_run:
            return settlement
        if candidate := settlement.candidate:
            adopts = self.decide(f"{settlement.title}: adopt {candidate.title} into the state?")
            return replace(settlement, verdict=Verdict.ADOPT if adopts else Verdict.FORGET)
        if not self.decide(f"{settlement.title}: remove the record and adopt nothing?"):
            raise RecoverRefused(DECLINED)
        return replace(settlement, verdict=Verdict.FORGET)

    def _refresh(self, state: ExportedState, urns: Sequence[str]) -> None:
        if not urns:
            return
        try:
            state.refresh(urns)
        except EngineFailed as failed:
            # The review refreshes every resource, and shows any difference.
            self.say(f"cannot refresh the resources of the interrupted operations: {failed}")

    def _report_billed(self, state: ExportedState) -> None:
        try:
            found = billed.unmanaged(self.api, self.runner, state, self.moving)
        except EngineFailed as failed:
            if self.options.destroy:
                raise
            self.say(f"cannot tell what is billed and in no state: {failed}")
            return
        if name := self.options.destroy:
            found = self._destroy(found, name)
        for each in found:
            for line in each.lines(self.stack):
                self.say(line)

    def _destroy(self, found: list[Unmanaged], name: str) -> list[Unmanaged]:
        destroyed = billed.to_destroy(self.api, found, name)
        if self.options.dry_run:
            self.say(f"would destroy {name}")
            return found
        billed.destroy(self.api, destroyed)
        self.say(f"destroyed {name}")
        return [each for each in found if each is not destroyed]

    def _judge(self, *, enforces_policies: bool = True) -> Judged:
        """Review the stack."""
        engine = Engine(self.workspace, self.stack, enforces_policies)
        with engine.preview(self.say) as running:
            return judged(self.workspace, self.stack, running, lambda _: None)

    def _window(self, state: ExportedState) -> Window | None:
        """Return the time in which updates may have created what the state lacks."""
        folder = self.runner.state_folder
        restored = folder.restored(self.workspace.project, self.stack) if folder else None
        if restored and restored > (saved := saved_at(state)):
            return Window.since(saved)
        return read_window(self.runner, self.stack)

    def _adopt_lost(
        self, state: ExportedState, judgment: Judged, window: Window | None
    ) -> ExportedState | None:
        """Adopt the resources that an update created in a window and that the state lacks.

        Returns:
            The state with them, in a dry run as it would be; None if there are none.
        """
        creates = any(each.operation in CREATING for each in judgment.review.changes)
        if window is None or not creates:
            return None
        plan = judgment.planned.plan or self._judge(enforces_policies=False).planned.plan
        if plan is None:
            return None
        found = lost(self._settling(state, ()), plan, window)
        for settlement, _ in found:
            self.say(str(settlement))
        if not found:
            return None
        if self.options.dry_run:
            return with_lost(state, plan, found)
        if not self.agree("Do this now?"):
            raise RecoverRefused("the resources listed last were not adopted")
        current = ExportedState.read(self.runner, self.stack)
        if any(is_recorded(current, each) for each, _ in found):
            raise current.changed()
        new = with_lost(current, plan, found)
        new.write_over(current)
        self._refresh(new, to_read([each for each, _ in found]))
        return new

    def _report(self, review: Review) -> int:
        """Print the review and return the exit code."""
        if review.verdict is Outcome.NOTHING:
            self.say("review: nothing changes")
            return DONE
        self.show(text.render(review))
        return FAILED if review.verdict is Outcome.FAILED else DONE


def api_of(variables: Mapping[str, str]) -> PlatformApi:
    """Return the client for the Heroku, local or real, that a shell is set up for.

    Raises:
        RecoverRefused: there is no API key.
    """
    api = PlatformApi.of_environment(variables)
    if api is None:
        raise RecoverRefused(
            "cannot ask Heroku what exists: there is no API key; set HEROKU_API_KEY or run"
            ' heroku login; for the local environment run eval "$(dynostack env)"'
        )
    return api


def unchanged(error: ApiError) -> RecoverRefused:
    """Return the refusal to raise for an error from Heroku."""
    if isinstance(error, ApiRefusal) and error.status in ACCESS:
        return RecoverRefused(
            f"Heroku refused: {error}\n      = use an API key of an account that may do this, then"
            " run the same command again"
        )
    return RecoverRefused(f"{error}; run the same command again once Heroku answers")
