"""Applies the reviewed changes of several stacks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dynostack.fleet.errors import SelectionRefused
from dynostack.fleet.jobs import DONE, NEEDS_A_YES, Ended, Job, Jobs, worst
from dynostack.fleet.results import Progress
from dynostack.review.render.summary import table

OUTCOMES = {DONE: "done", NEEDS_A_YES: "refused"}
OUTCOMES_OF_CHECKS = {DONE: "as reviewed", NEEDS_A_YES: "refused"}


def per_stack(option: str, values: Sequence[str]) -> dict[str, list[str]]:
    """Return stack -> its values, in order, from values of the form STACK=VALUE.

    Raises:
        SelectionRefused: a value names no stack.
    """
    found: dict[str, list[str]] = {}
    for text in values:
        stack, equals, value = text.partition("=")
        if not (stack and equals and value):
            raise SelectionRefused(
                f"{option} {text} does not name its stack; for several stacks write"
                f" {option} STACK={text or 'VALUE'}"
            )
        found.setdefault(stack, []).append(value)
    return found


def digests(stacks: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    """Return stack -> the digest to apply, in the order of the stacks.

    Args:
        stacks: the stacks to apply; if empty, those that the values name.
        values: the values of --reviewed, each STACK=DIGEST.

    Raises:
        SelectionRefused: a stack has no digest or several, or a digest belongs to no stack.
    """
    found = per_stack("--reviewed", values)
    order = list(dict.fromkeys(stacks)) or list(found)
    if repeated := [stack for stack, each in found.items() if len(set(each)) > 1]:
        raise SelectionRefused(f"--reviewed has several digests of {' and '.join(repeated)}")
    if missing := [stack for stack in order if stack not in found]:
        stack = missing[0]
        raise SelectionRefused(
            f"--reviewed has no digest of {stack}; add --reviewed {stack}=DIGEST"
        )
    if other := [stack for stack in found if stack not in order]:
        raise SelectionRefused(f"--reviewed names {other[0]}, which is not one of the STACKs")
    return {stack: found[stack][0] for stack in order}


def options_of(
    stacks: Collection[str], consents: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Return stack -> the options of its command that give an explicit yes.

    Args:
        stacks: the stacks to apply.
        consents: option, such as --allow-data-loss -> its values, each STACK=NAME.

    Raises:
        SelectionRefused: a value names no stack, or another one.
    """
    options: dict[str, list[str]] = {}
    for option, values in consents.items():
        for stack, names in per_stack(option, values).items():
            if stack not in stacks:
                raise SelectionRefused(f"{option} names {stack}, which is not applied")
            for name in names:
                options.setdefault(stack, []).extend((option, name))
    return options


@dataclass(frozen=True)
class ApplyJobs:
    """The applies of several stacks, each in a process of its own."""

    project: Path
    at_once: int
    fails_fast: bool
    say: Callable[[str], None] = field(repr=False)
    """Prints a line of progress."""
    tell: Callable[[str], None] = field(repr=False)
    """Prints a line that a stack's command printed."""
    is_dry: bool = False
    """Whether to check only that the plans are still the reviewed ones."""

    def run(self, digests: Mapping[str, str], options: Mapping[str, Sequence[str]]) -> int:
        """Apply the stacks, and print what came of each in a table.

        Args:
            digests: stack -> the digest to apply.
            options: stack -> more options of its command.

        Returns:
            The worst exit code.

        Raises:
            KeyboardInterrupt: there was an interrupt; raised when all processes have ended.
        """
        progress = Progress(len(digests), self.say)
        results: list[Ended] = []

        def take(ended: Ended) -> None:
            results.append(ended)
            progress.report(f"{ended.job.stack}: {self._outcome(ended)}")

        always = ("--dry-run",) if self.is_dry else ()
        jobs = [
            Job.of(stack, "apply", "--reviewed", digest, *always, *options.get(stack, ()))
            for stack, digest in digests.items()
        ]
        running = Jobs(
            self.project,
            self.at_once,
            take,
            lambda stack, line: self.tell(f"{stack}: {line}"),
            self.fails_fast,
        )
        try:
            running.run(jobs)
        finally:
            order = list(digests)
            results.sort(key=lambda each: order.index(each.job.stack))
            rows = [(each.job.stack, self._outcome(each)) for each in results]
            self.tell("\n" + table([("stack", "check" if self.is_dry else "apply"), *rows]))
        return worst(results)

    def _outcome(self, ended: Ended) -> str:
        """Return what an apply came to, in a few words."""
        if not ended.was_started:
            return ended.message
        outcomes = OUTCOMES_OF_CHECKS if self.is_dry else OUTCOMES
        return outcomes.get(ended.exit_code, f"failed with exit code {ended.exit_code}")
