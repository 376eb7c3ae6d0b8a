"""A line of progress for each stack that is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dynostack.fleet.jobs import Ended
from dynostack.review.several import Failure


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


def failure_of(ended: Ended) -> Failure:
    """Return the failure of a job that has no result."""
    stack, code = ended.job.stack, ended.exit_code
    return Failure(stack, code, ended.message or f"the command ended with exit code {code}")


def first_line(failure: Failure) -> str:
    """Return one line about a failure."""
    return f"{failure.stack}: {failure.message.splitlines()[0]}"
