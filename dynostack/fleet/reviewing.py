"""Reviews several stacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from dynostack.fleet.jobs import Ended, Job, Jobs, worst
from dynostack.fleet.progress import Progress, failure_of, first_line
from dynostack.review.markup import plain
from dynostack.review.model import Review
from dynostack.review.render import json, labels, several_markdown, several_text
from dynostack.review.several import Failure, Reviews

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
        progress = Progress(len(stacks), self.say)
        found: dict[str, Review | Failure] = {}
        with TemporaryDirectory(prefix="dynostack-") as folder:
            files = {stack: Path(folder) / f"{each}.json" for each, stack in enumerate(stacks)}

            def take(ended: Ended) -> None:
                result = _result(ended, files[ended.job.stack])
                found[ended.job.stack] = result
                progress.report(_sentence(result))

            flags = ("--exit-code",) if tell_changes else ()
            jobs = [
                Job(stack, ("review", stack, "--format", "json", "--out", str(file), *flags))
                for stack, file in files.items()
            ]
            ended = Jobs(self.project, self.at_once, take).run(jobs)
        results = [found[stack] for stack in stacks]
        reviews = Reviews(
            self.name,
            tuple(each for each in results if isinstance(each, Review)),
            tuple(each for each in results if isinstance(each, Failure)),
        )
        return reviews, worst(ended)


def _sentence(result: Review | Failure) -> str:
    return plain(labels.headline(result)) if isinstance(result, Review) else first_line(result)


def _result(ended: Ended, file: Path) -> Review | Failure:
    try:
        return json.parse(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return failure_of(ended)
