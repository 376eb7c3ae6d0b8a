"""The report of `dynostack check` on the stacks' files of one project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dynostack.environment import Diagnostic, Examined
from dynostack.environment.diagnostics.diagnostic import in_file_order


@dataclass(frozen=True)
class Report:
    """The stacks that were checked, and their diagnostics."""

    project: Path
    """The folder that the files of the diagnostics are relative to."""
    stacks: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    """In file order; one that several stacks share is reported once, in the first of them."""

    @classmethod
    def of(cls, project: Path, examined: Iterable[Examined]) -> Report:
        """Return the report on some stacks of a project."""
        stacks: list[str] = []
        found: dict[object, Diagnostic] = {}
        for each in examined:
            stacks.append(each.stack)
            for one in each.diagnostics:
                found.setdefault((one.code, one.shared) if one.shared else one, one)
        return cls(project, tuple(stacks), in_file_order(found.values()))

    @property
    def errors(self) -> int:
        """The number of errors."""
        return sum(each.severity == "error" for each in self.diagnostics)

    @property
    def warnings(self) -> int:
        """The number of warnings."""
        return len(self.diagnostics) - self.errors

    @property
    def summary(self) -> str:
        """One line with the number of stacks, errors and warnings."""
        found = [(self.errors, "error"), (self.warnings, "warning")]
        said = " and ".join(_counted(count, noun) for count, noun in found if count)
        return f"{_counted(len(self.stacks), 'stack')} checked: {said or 'clean'}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
