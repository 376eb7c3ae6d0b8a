"""The input of a rule."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from dynostack.environment.diagnostics.finding import Finding

LOCAL_STACK = "local"
"""The stack that `dynostack up` deploys to the local Heroku; it never runs on the real one."""

Result = TypeVar("Result")
Sections = dict[str, object]
"""Section -> its value as written, of any type.  An encrypted value is a SecretStr."""


@dataclass(frozen=True)
class RuleContext:
    """One environment's file as written, and its surroundings."""

    stack: str
    project: str
    file: Sections
    directory: Path
    """The project's folder, where Pulumi.yaml is."""
    today: date
    stacks: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    """Kind and name, such as ("app", "acme-shop") -> the stacks of the folder that use it.

    Files that cannot be read are left out.
    """

    known: dict[object, object] = field(default_factory=dict)
    """Results that rules read from the folder, kept for its other stacks."""
    _own: dict[object, Any] = field(default_factory=dict)
    """Results about this stack, kept for its other rules."""

    def keys(self, *path: str) -> Mapping[str, object]:
        """Return the keys at a path, or {} if the value is missing or of another type."""
        value: object = self.file
        # The values are of a YAML file, whose mappings are all of this type.
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}

    def own(self, function: Callable[["RuleContext"], Result]) -> Result:
        """Return what a function returns for this stack, computed once for all rules."""
        if function not in self._own:
            self._own[function] = function(self)
        found: Result = self._own[function]
        return found

    def once(
        self, rule: Callable[[Path, str], Iterable[Finding]], argument: str = ""
    ) -> Iterable[Finding]:
        """Return what a rule finds about the folder, found once for all stacks.

        Args:
            rule: takes the folder and the argument; nothing else of a stack may matter to it.
            argument: a value of this stack, such as its source.
        """
        key = (rule, self.directory, argument)
        if key not in self.known:
            self.known[key] = tuple(rule(self.directory, argument))
        found = self.known[key]
        return found if isinstance(found, tuple) else ()

    def text(self, *path: str) -> str | None:
        """Return the text at a path, or None if the value is missing or of another type."""
        value = self.keys(*path[:-1]).get(path[-1])
        return value if isinstance(value, str) else None


Rule = Callable[[RuleContext], Iterable[Finding]]
"""A rule across keys.  It ignores values of the wrong type, which the models report."""
