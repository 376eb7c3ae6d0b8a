"""Reviews several stacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from dynostack.fleet.jobs import Job
from dynostack.fleet.results import results
from dynostack.review.markup import plain
from dynostack.review.render import json, labels, several_markdown, several_text
from dynostack.review.several import Reviews

FORMATS: Mapping[str, Callable[[Reviews], str]] = {
    "text": several_text.render,
    "md": several_markdown.render,
    "json": Reviews.json,
}


@dataclass(frozen=True)
class ReviewJobs:
    """The reviews of several stacks, each in a process of its own."""

    project: Path
    name: str
    """The project's name."""
    at_once: int
    say: Callable[[str], None] = field(repr=False)
    """Prints a line of progress."""

    def run(self, stacks: Sequence[str], tell_changes: bool) -> tuple[Reviews, int]:
        """Review the stacks.

        Args:
            stacks: the stacks' names.
            tell_changes: whether changes have the exit code 2.

        Returns:
            The reviews, and the worst exit code.

        Raises:
            KeyboardInterrupt: there was an interrupt; raised when all processes have ended.
        """
        with TemporaryDirectory(prefix="dynostack-") as folder:
            files = {stack: Path(folder) / f"{each}.json" for each, stack in enumerate(stacks)}
            flags = ("--exit-code",) if tell_changes else ()
            jobs = [
                Job.of(stack, "review", "--format", "json", "--out", str(file), *flags)
                for stack, file in files.items()
            ]
            ended = results(
                self.project,
                self.at_once,
                jobs,
                self.say,
                lambda ended: json.parse(files[ended.job.stack].read_text("utf-8")),
                lambda review: plain(labels.headline(review)),
            )
        return Reviews(self.name, ended.found, ended.failures), ended.exit_code
