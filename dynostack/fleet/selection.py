"""The stacks that a command line selects."""

from __future__ import annotations

from dataclasses import dataclass

from dynostack.fleet.errors import SelectionRefused


@dataclass(frozen=True)
class Selection:
    """Names of stacks, --all, or --changed."""

    names: tuple[str, ...] = ()
    takes_all: bool = False
    base: str | None = None
    """The commit of --changed."""

    @property
    def single(self) -> str | None:
        """Return the only stack that is named; None if the command is for several."""
        return self.names[0] if len(self.names) == 1 else None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is selected."""
        return not (self.names or self.takes_all or self.base is not None)

    def check(self) -> None:
        """Check that at most one way to select stacks is used.

        Raises:
            SelectionRefused: several are used.
        """
        if sum((bool(self.names), self.takes_all, self.base is not None)) > 1:
            raise SelectionRefused("use only one of: names of stacks, --all, --changed")
