"""The results of jobs, with a line of progress for each stack that is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from dynostack.fleet.jobs import Ended, Job, Jobs, worst
from dynostack.review.several import Failure

Found = TypeVar("Found")


@dataclass(frozen=True)
class Results(Generic[Found]):
    """The results of some jobs, in their order, and the stacks without one."""

    found: tuple[Found, ...]
    failures: tuple[Failure, ...]
    exit_code: int
    """The worst exit code."""


def results(
    project: Path,
    at_once: int,
    jobs: Sequence[Job],
    say: Callable[[str], None],
    read: Callable[[Ended], Found],
    sentence: Callable[[Found], str],
) -> Results[Found]:
    """Run jobs, and read and report the result of each as soon as it has ended.

    Args:
        project: the folder of Pulumi.yaml.
        at_once: how many jobs to run at a time.
        jobs: one job for each stack.
        say: prints a line of progress.
        read: returns the result of a job; raises FileNotFoundError or ValueError if it has none.
        sentence: returns one line about a result.

    Raises:
        KeyboardInterrupt: there was an interrupt; raised when all processes have ended.
    """
    progress = Progress(len(jobs), say)
    found: dict[str, Found] = {}
    failures: dict[str, Failure] = {}

    def take(ended: Ended) -> None:
        stack = ended.job.stack
        try:
            found[stack] = read(ended)
        except (FileNotFoundError, ValueError):
            failures[stack] = _failure_of(ended)
            progress.report(_first_line(failures[stack]))
        else:
            progress.report(sentence(found[stack]))

    code = worst(Jobs(project, at_once, take).run(jobs))
    stacks = [each.stack for each in jobs]
    return Results(
        tuple(found[stack] for stack in stacks if stack in found),
        tuple(failures[stack] for stack in stacks if stack in failures),
        code,
    )


@dataclass
class Progress:
    """Counts the stacks that are done."""

    total: int
    say: Callable[[str], None]
    """Prints a line of progress."""
    done: int = 0

    def report(self, sentence: str) -> None:
        """Report one more stack as done."""
        self.done += 1
        self.say(f"{self.done}/{self.total} {sentence}")


def _failure_of(ended: Ended) -> Failure:
    """Return the failure of a job that has no result."""
    stack, code = ended.job.stack, ended.exit_code
    return Failure(stack, code, ended.message or f"the command ended with exit code {code}")


def _first_line(failure: Failure) -> str:
    """Return one line about a failure."""
    return f"{failure.stack}: {failure.message.splitlines()[0]}"
