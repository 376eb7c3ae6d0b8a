"""The command `dynostack recover`, without the parsing of its options."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dynostack.engine.exported_state import ExportedState
from dynostack.engine.file_backend import Damage
from dynostack.engine.locks import Lock
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.inventory import account
from dynostack.inventory.platform_api import ApiError, PlatformApi
from dynostack.local.workspace import LocalWorkspace
from dynostack.recover import billed
from dynostack.recover.billed import Unmanaged
from dynostack.recover.errors import RecoverRefused
from dynostack.recover.lost import Window, lost, read_window, with_lost
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
"""Asks a question whose answer is yes or no."""

NOTHING = "nothing was changed"
DONE, FAILED = 0, 1


@dataclass(frozen=True)
class Options:
    """What the command may do."""

    dry_run: bool = False
    gone: str = ""
    """The id of a lock whose owner somebody knows to be gone."""
    destroy: str = ""
    """The name of the add-on to destroy."""


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
    """Asks for leave to do what was printed; `--yes` gives it."""
    decide: Ask = field(repr=False)
    """Asks what only a person can know; without one, it raises RecoverRefused."""
    moving: Mapping[str, str] = field(default_factory=dict)
    """The name of the new database of an interrupted move -> the database that moves."""

    def run(self) -> int:
        """Put right what a killed update left behind, and review the stack.

        Returns:
            The exit code: 0 if it is done, 1 if the review failed.

        Raises:
            RecoverRefused: somebody has to decide first, or nobody agreed.
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
            window = (
                Window.since(saved_at(state)) if damage else read_window(self.runner, self.stack)
            )
            while new := self._adopt_lost(state, judgment, window):
                state = new
                judgment = self._judge()
        self._report_billed(state)
        return self._report(judgment.review) if judgment else DONE

    def _refuse_account(self) -> None:
        """Check that the API key shows the stack's apps: to another one they would be missing."""
        places = SourceLocations.of(self.workspace.project, self.stack)
        owner = str(places.value("account") or "")
        if owner and (message := account.refusal(self.stack, owner)):
            raise RecoverRefused(f"{message}\n{NOTHING}")
        self.api.get("/account")

    def _refuse_foreign_lock(self) -> None:
        locks = self.runner.locks(self.stack)
        refuse_owned(self.stack, locks, self.options.gone)

    def _damage(self) -> Damage | None:
        """Return the damage to the state, if it is in a folder and cannot be read."""
        folder = self.runner.state_folder
        return folder.damage(self.workspace.project, self.stack) if folder else None

    def _restored(self, damage: Damage) -> bool:
        """Restore a damaged state file from its backup; return False in a dry run."""
        self._refuse_foreign_lock()
        if damage.is_foreign or damage.backup is None:
            raise RecoverRefused(f"{damage}\n{NOTHING}")
        self.say(damage.problem)
        self.say(f"its newest readable backup is {damage.backup}")
        if self.options.dry_run:
            self.say("it would be restored; what else there is to do is known afterwards")
            return False
        if not self.agree("Restore the state from this backup?"):
            raise RecoverRefused(NOTHING)
        self._refuse_foreign_lock()
        if self._damage() == damage:
            damage.restore()
        self.say(f"restored {damage.file}; the damaged file is beside it")
        return True

    def _settle(self) -> tuple[ExportedState, bool]:
        """Release locks and settle interrupted operations.

        Returns:
            The state afterwards, in a dry run as it would be, and whether nothing was to be done.
        """
        locks = self.runner.locks(self.stack)
        refuse_owned(self.stack, locks, self.options.gone)
        if not self.options.dry_run:
            await_providers(self.workspace.project)
        before = ExportedState.read(self.runner, self.stack)
        settling = Settling(self.api, before, locks, self.say)
        found = settling.settlements()
        for line in self._lines(locks, found):
            self.say(line)
        if not locks and not found:
            self.say("no lock and no interrupted operation")
            return before, True
        found = [self._decided(each) for each in found]
        if self.options.dry_run:
            return edited(before, found), False
        if not self.agree("Do this now?"):
            raise RecoverRefused(NOTHING)
        release(self.runner, self.stack, locks, self.options.gone)
        if locks:
            self.say("the lock is released")
        if not found:
            return before, False
        new = edited(before, found)
        new.write_over(before)
        self.say("the interrupted operations are settled")
        self._refresh(new, to_read(found))
        return new, False

    def _lines(self, locks: Collection[Lock], found: Collection[Settlement]) -> Sequence[str]:
        held = [f"locked {lock.holder}, which is gone: the lock is released" for lock in locks]
        return (*held, *map(str, found))

    def _decided(self, settlement: Settlement) -> Settlement:
        """Return a settlement after asking, if Heroku does not tell what to do.

        Raises:
            RecoverRefused: nobody can answer, or the answer leaves it open.
        """
        if settlement.verdict is not Verdict.ASK or self.options.dry_run:
            return settlement
        if candidate := settlement.candidate:
            adopts = self.decide(f"{settlement.title}: adopt {candidate.title} into the state?")
            return replace(settlement, verdict=Verdict.ADOPT if adopts else Verdict.FORGET)
        if not self.decide(f"{settlement.title}: remove the record and adopt nothing?"):
            raise RecoverRefused(NOTHING)
        return replace(settlement, verdict=Verdict.FORGET)

    def _refresh(self, state: ExportedState, urns: Sequence[str]) -> None:
        if not urns:
            return
        try:
            state.refresh(urns)
        except EngineFailed as failed:
            # The review reads everything again, and says what differs.
            self.say(f"cannot read the resources again: {failed}")

    def _report_billed(self, state: ExportedState) -> None:
        found = billed.unmanaged(self.api, self.runner, state, self.moving)
        if name := self.options.destroy:
            found = self._destroy(found, name)
        for each in found:
            for line in each.lines(self.stack):
                self.say(line)

    def _destroy(self, found: list[Unmanaged], name: str) -> list[Unmanaged]:
        if self.options.dry_run:
            self.say(f"would destroy {name}")
            return found
        destroyed = billed.destroy(self.api, found, name)
        self.say(f"{name} is destroyed")
        return [each for each in found if each is not destroyed]

    def _judge(self) -> Judged:
        """Review the stack."""
        engine = Engine(self.workspace, self.stack)
        with engine.preview(self.say) as running:
            return judged(self.workspace, self.stack, running, lambda _: None)

    def _window(self, state: ExportedState) -> Window | None:
        """Return when updates may have created what the state lacks."""
        folder, saved = self.runner.state_folder, saved_at(state)
        restored = folder.restored(self.workspace.project, self.stack) if folder else None
        if restored and restored > saved:
            return Window.since(saved)
        return read_window(self.runner, self.stack)

    def _adopt_lost(
        self, state: ExportedState, judgment: Judged, window: Window | None
    ) -> ExportedState | None:
        """Adopt what an update created in a window, but the state does not have.

        Returns:
            The state with it; None if there is no such thing, or in a dry run.
        """
        plan = judgment.planned.plan
        creates = any(each.operation is Operation.CREATE for each in judgment.review.changes)
        if plan is None or window is None or not creates:
            return None
        found = lost(Settling(self.api, state, (), self.say), plan, window)
        if found:
            others = billed.managed_elsewhere(self.runner, self.stack)
            found = [each for each in found if each[0].candidate_id not in others]
        for settlement, _ in found:
            self.say(str(settlement))
        if not found or self.options.dry_run:
            return None
        if not self.agree("Do this now?"):
            raise RecoverRefused("the rest was not adopted")
        current = ExportedState.read(self.runner, self.stack)
        new = with_lost(current, found)
        new.write_over(current)
        self._refresh(new, to_read([each for each, _ in found]))
        return new

    def _report(self, review: Review) -> int:
        """Say whether the stack is as its file says."""
        if review.verdict is Outcome.NOTHING:
            self.say("review: nothing changes")
            return DONE
        self.show(text.render(review))
        return FAILED if review.verdict is Outcome.FAILED else DONE


def api_of(variables: Mapping[str, str]) -> PlatformApi:
    """Return the Heroku of a shell.

    Raises:
        RecoverRefused: there is no API key.
    """
    api = PlatformApi.of_environment(variables)
    if api is None:
        raise RecoverRefused(
            "there is no API key, so nobody can tell what Heroku has: set HEROKU_API_KEY or run"
            ' heroku login; for the local environment run eval "$(dynostack env)"'
        )
    return api


def unchanged(error: ApiError) -> RecoverRefused:
    """Return the refusal for an error of Heroku."""
    return RecoverRefused(f"{error}; run the same command again once Heroku answers")
