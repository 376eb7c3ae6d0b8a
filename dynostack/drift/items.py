"""The choice of differences by the names of their items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from dynostack.drift.errors import DriftUnknown
from dynostack.environment.elsewhere import is_elsewhere, is_of


class Named(Protocol):
    """Something with the name of an item."""

    @property
    def item(self) -> str:
        """Return the name, such as collaborators.dev@acme.example."""


Each = TypeVar("Each", bound=Named)


def chosen(there: Iterable[Each], names: Sequence[str]) -> list[Each]:
    """Return those with one of the names, in their order."""
    return [each for each in there if is_elsewhere(each.item, names)]


def refuse_unknown(there: Iterable[Named], names: Sequence[str]) -> None:
    """Check that each name selects something.

    Raises:
        DriftUnknown: a name selects nothing.
    """
    known = [each.item for each in there]
    for name in names:
        if not any(is_of(item, name) for item in known):
            listed = ", ".join(known) or "none"
            raise DriftUnknown(f"there is no difference {name}; the differences are: {listed}")
