"""Compares the files of several stacks with Heroku."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dynostack.drift.command import Drift
from dynostack.fleet.jobs import Job
from dynostack.fleet.results import results
from dynostack.review.render.summary import table
from dynostack.review.several import Failure


@dataclass(frozen=True)
class Drifts:
    """The differences of some stacks, and the stacks that could not be compared."""

    drifts: tuple[Drift, ...]
    failures: tuple[Failure, ...]

    def text(self) -> str:
        """Return the differences as text, and a table of the stacks that have some."""
        different = [each for each in self.drifts if each.differences]
        equal = [each.stack for each in self.drifts if not each.differences]
        lines = [each.text() for each in different]
        lines += [f"{each.stack}: not compared\n  {each.message}\n" for each in self.failures]
        rows = [(each.stack, "not compared") for each in self.failures]
        rows += [(each.stack, str(len(each.differences))) for each in different]
        if rows:
            lines.append(table([("stack", "differences"), *rows]) + "\n")
        if equal:
            count = "1 stack matches its" if len(equal) == 1 else f"{len(equal)} stacks match their"
            lines.append(f"{count} file{'s' if len(equal) > 1 else ''}: {', '.join(equal)}\n")
        return "\n".join(lines)

    def json(self) -> str:
        """Return everything as one JSON document."""
        document = {
            "stacks": [each.as_data() for each in self.drifts],
            "failures": [asdict(each) for each in self.failures],
        }
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class DriftJobs:
    """The comparisons of several stacks, each in a process of its own."""

    project: Path
    at_once: int
    say: Callable[[str], None] = field(repr=False)
    """Prints a line of progress."""

    def run(self, stacks: Sequence[str], tells: bool) -> tuple[Drifts, int]:
        """Compare the stacks; change nothing.

        Args:
            stacks: the stacks' names.
            tells: whether differences have the exit code 2.

        Returns:
            The differences, and the worst exit code.

        Raises:
            KeyboardInterrupt: there was an interrupt; raised when all processes have ended.
        """
        flags = ("--exit-code",) if tells else ()
        jobs = [Job.of(stack, "drift", "show", "--format", "json", *flags) for stack in stacks]
        ended = results(
            self.project,
            self.at_once,
            jobs,
            self.say,
            lambda ended: Drift.parse(ended.output),
            lambda drift: f"{drift.stack}: {drift.count}",
        )
        return Drifts(ended.found, ended.failures), ended.exit_code
