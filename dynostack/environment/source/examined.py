"""The result of examining a stack's file."""

from typing import NamedTuple

from dynostack.environment.diagnostics.diagnostic import Diagnostic
from dynostack.environment.environment import Environment


class Examined(NamedTuple):
    """A stack's environment and the diagnostics about its file."""

    stack: str
    environment: Environment | None
    """None if there are errors, or if several processes share the work."""
    diagnostics: tuple[Diagnostic, ...]
    """Errors and warnings, in file order."""

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Diagnostics that prevent the stack from being declared."""
        return tuple(each for each in self.diagnostics if each.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """Diagnostics that do not prevent the stack from being declared."""
        return tuple(each for each in self.diagnostics if each.severity == "warning")
