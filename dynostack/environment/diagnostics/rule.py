"""What a rule looks at."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dynostack.environment.diagnostics.finding import Finding

Sections = Mapping[str, object]
"""Section -> its value as written, whatever shape it has.  An encrypted value is a SecretStr."""


@dataclass(frozen=True)
class RuleContext:
    """One environment's file as written, and what surrounds it."""

    stack: str
    project: str
    file: Sections
    directory: Path
    """The project's folder, where Pulumi.yaml is."""
    today: date
    apps: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """App -> the stacks of the folder that name it, as far as their files can be read."""

    known: dict[object, object] = field(default_factory=dict)
    """What rules have read of the folder, kept for its other stacks."""

    def keys(self, *path: str) -> dict[str, object]:
        """The keys at a path; none when there is something else, or nothing."""
        value: object = self.file
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return dict(value) if isinstance(value, Mapping) else {}

    def text(self, *path: str) -> str | None:
        """The text at a path; None when there is something else, or nothing."""
        value = self.keys(*path[:-1]).get(path[-1])
        return value if isinstance(value, str) else None


Rule = Callable[[RuleContext], Iterable[Finding]]
"""A rule across keys; it says nothing about values of the wrong kind, which the models tell."""
