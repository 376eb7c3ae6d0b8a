"""Undoes what somebody changed on Heroku by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from dynostack.adopt.command import silent
from dynostack.comparison.difference import Difference
from dynostack.description.unsaid import Unsaid
from dynostack.drift.command import Drift, DriftCommand
from dynostack.drift.errors import DriftUnknown
from dynostack.drift.gone import without_gone
from dynostack.drift.items import chosen, refuse_unknown
from dynostack.drift.targets import targets
from dynostack.engine.exported_state import ExportedState
from dynostack.engine.process import PulumiProcess
from dynostack.environment.command_line import stack_command
from dynostack.inventory.platform_api import ApiError
from dynostack.inventory.removal import Call, in_order
from dynostack.review.command import Judged, judged
from dynostack.review.engine import Engine, Running
from dynostack.review.markup import plain
from dynostack.review.model import Review, Verdict
from dynostack.review.render import text as review_text

DONE, FAILED, LEFT, NEEDS_A_YES = 0, 1, 2, 3
MESSAGE = "dynostack drift revert"
"""The message of the update in the stack's history."""


@dataclass(frozen=True)
class RevertCommand:
    """One call of the command for one stack.

    What was added is removed by calls to Heroku.  What was changed or removed comes back by an
    apply of the file.
    """

    drift: DriftCommand
    items: Sequence[str]
    """The items to undo, such as collaborators; empty for all differences from the file."""
    consents: Collection[str]
    """The explicit yeses, such as `--allow-data-loss postgres-1`."""
    agree: Callable[[str], bool]
    """Asks a yes-or-no question and returns the answer."""
    show: Callable[[str], None] = field(repr=False)
    """Prints the plan, and the engine's output."""

    def run(self) -> int:
        """Show how to undo the differences, ask, and undo them.

        Returns:
            The exit code: 0 when everything is as before or there was nothing to do, 1 if the
            engine failed, 2 if a difference is left, 3 if an explicit yes is missing.

        Raises:
            DriftUnknown: the differences are unknown, or the answer was no; nothing was changed.
            ApiError: Heroku does not answer.
            EngineFailed: the engine failed.
        """
        found = self.drift.run()
        refuse_unknown((*found.differences, *found.unsaid), self.items)
        undone: list[Difference | Unsaid] = list(self._undone(found))
        if not undone:
            self.drift.say("nothing to undo")
            return DONE
        calls = in_order(call for each in undone for call in each.calls)
        if self._lacks_a_yes(calls):
            return NEEDS_A_YES
        if removed := [f"  {each.text}  [{each.item}]\n" for each in undone if each.calls]:
            self.show(f"calls to Heroku undo this:\n{''.join(removed)}")
        applied = [each for each in undone if isinstance(each, Difference) and each.is_applied]
        code = self._revert(calls, applied, found) if applied else self._confirmed(calls)
        return code or self._result(found, undone)

    def _lacks_a_yes(self, calls: Sequence[Call]) -> bool:
        """Return whether a call needs an explicit yes that was not given, and say which."""
        missing: dict[str, str] = {}
        for call in calls:
            if call.destroys:
                lost = f"{call.destroys} would be destroyed with all data in it"
                missing[f"--allow-data-loss {call.destroys}"] = lost
            if call.detaches:
                lost = f"DATABASE_URL would no longer be that of {call.detaches}"
                missing[f"--allow-live-loss {call.detaches}"] = lost
        for given in self.consents:
            missing.pop(given, None)
        if missing:
            self.drift.say(
                f"refused: {'; '.join(missing.values())}; nothing was changed; to undo it anyway,"
                f" add {' '.join(missing)}"
            )
        return bool(missing)

    def _undone(self, found: Drift) -> Iterator[Difference | Unsaid]:
        """Yield what to undo; say what is not undone and why."""
        for each in found.unsaid:
            if not chosen((each,), self.items):
                if each.calls and not self.items:
                    self.drift.say(f"stays unless you name it: {each.text}  [{each.item}]")
            elif each.calls:
                yield each
            else:
                self.drift.say(f"dynostack cannot undo this: {each.text}")
        yield from chosen(found.differences, self.items) if self.items else found.differences

    def _revert(self, calls: list[Call], applied: list[Difference], found: Drift) -> int:
        """Send the calls and apply the file, after a review of it."""
        workspace, stack = self.drift.workspace, self.drift.stack
        before = ExportedState.read(PulumiProcess.of_shell(workspace), stack)
        others = [each for each in found.differences if each.is_applied and each not in applied]
        urns = tuple(targets(applied, before.resources)) if others else ()
        if others and not urns:
            raise DriftUnknown(
                f"{applied[0].item} is not in the state of {stack} yet; nothing was changed: run"
                f" {stack_command('dynostack review', stack)}, or"
                f" {stack_command('dynostack drift revert', stack)} without an item"
            )
        with self.drift.api.remembering().connected() as api:
            present = without_gone(before, api)
        is_changed = present.document != before.document
        if is_changed:
            present.write_over(before)
        try:
            return self._applied(calls, Engine(workspace, stack, targets=urns))
        except _Unconfirmed as unconfirmed:
            if is_changed:
                before.write_over(ExportedState.read(before.runner, stack))
            if unconfirmed.code:
                return unconfirmed.code
            raise DriftUnknown("not confirmed, so nothing was changed") from None

    def _applied(self, calls: list[Call], engine: Engine) -> int:
        engine.refuse_lock()
        with engine.preview(silent) as running:
            found = self._judged(running)
            self.show(f"an apply of the file does this:\n{review_text.render(found.review)}\n")
            self._refuse(found.review)
            self._ask()
            if not calls:
                return self._up(engine, found)
        self._send(calls)
        # The calls may have changed outputs, such as an add-on's config vars; the engine applies a
        # plan only if they are the same.
        with engine.preview(silent) as running:
            again = self._judged(running)
            if again.review.changes != found.review.changes:
                raise DriftUnknown(
                    f"{self.drift.stack} has changed meanwhile: the calls were sent, but nothing"
                    " was applied; run the same command again"
                )
            return self._up(engine, again)

    def _judged(self, running: Running) -> Judged:
        return judged(self.drift.workspace, self.drift.stack, running, silent)

    def _ask(self) -> None:
        if not self.agree("Undo this on Heroku?"):
            raise _Unconfirmed(DONE)

    def _refuse(self, review: Review) -> None:
        if review.verdict is Verdict.FAILED:
            raise _Unconfirmed(FAILED)
        missing = [
            each for each in review.blocking if each.consent and each.consent not in self.consents
        ]
        for each in (*review.stopping, *missing):
            self.drift.say(f"refused: {each.id} {plain(each.text)}; nothing was changed")
        if missing:
            options = " ".join(each.consent for each in missing)
            self.drift.say(f"to undo it anyway, add {options}")
        if review.stopping or missing:
            raise _Unconfirmed(NEEDS_A_YES)

    def _up(self, engine: Engine, found: Judged) -> int:
        if found.review.verdict is not Verdict.NOTHING:
            found.apply(engine, MESSAGE)
        return DONE

    def _confirmed(self, calls: list[Call]) -> int:
        """Send the calls, after a yes."""
        if not self.agree("Undo this on Heroku?"):
            raise DriftUnknown("not confirmed, so nothing was changed")
        self._send(calls)
        return DONE

    def _send(self, calls: list[Call]) -> None:
        with self.drift.api.connected() as api:
            for number, call in enumerate(calls):
                try:
                    call.send(api)
                except ApiError as error:
                    raise DriftUnknown(
                        f"Heroku refused {call.method} {call.path}: {error}\n      = {number} of"
                        f" {len(calls)} calls were carried out; run the same command again"
                    ) from None

    def _result(self, before: Drift, undone: Sequence[Difference | Unsaid]) -> int:
        """Compare again, and report what is left of what was to be undone."""
        now = self.drift.run()
        items = {each.item for each in undone}
        found: tuple[Difference | Unsaid, ...] = (*now.differences, *now.unsaid)
        left = [each for each in found if each.item in items]
        for each in left:
            self.drift.say(f"still different: {each.text}")
        known = {each.item for each in before.differences}
        new = [each for each in now.differences if each.item not in known]
        for each in new:  # such as a config var in whose place an add-on was attached
            self.drift.say(f"different now, run the same command again: {each.text}")
        self.drift.say(f"{before.app}: undid {len(items) - len(left)} of {len(items)} differences")
        return LEFT if left or new else DONE


class _Unconfirmed(Exception):
    """Nothing is changed on Heroku; with an exit code, the reason has been reported."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code
