"""One difference between a stack's file and Heroku."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dynostack.comparison.edits import Edit
from dynostack.inventory.removal import Call

UNKNOWN = "unknown"


class Kind(StrEnum):
    """How Heroku differs from the file."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Difference:
    """Something that Heroku has and the file does not say, or the other way around."""

    kind: Kind
    item: str
    """The path in the file, such as collaborators.dev@acme.example."""
    text: str
    """The difference in words, without the values of secrets."""
    since: str = ""
    """When it became different; empty if Heroku does not report it."""
    by: str = UNKNOWN
    """The email address of the person who made it different."""
    edits: tuple[Edit, ...] = ()
    """The edits of the file that accept it; empty if a file cannot describe it."""
    calls: tuple[Call, ...] = ()
    """The calls that undo it; empty if an apply of the file undoes it."""
    identity: str = ""
    """The id on Heroku of what was added; empty if its item alone identifies it."""
    needs_apply: bool | None = None
    """Whether an apply of the file undoes it; by default, unless there are calls."""

    @property
    def is_applied(self) -> bool:
        """Return whether an apply of the file undoes it, after the calls if there are any."""
        return not self.calls if self.needs_apply is None else self.needs_apply

    def as_data(self) -> dict[str, object]:
        """Return the difference as data for JSON."""
        return {
            "kind": self.kind.value,
            "item": self.item,
            "says": self.text,
            "since": self.since,
            "by": self.by,
            "acceptable": bool(self.edits),
        }

    @classmethod
    def of_data(cls, data: Mapping[str, str]) -> Difference:
        """Return the difference that `as_data` described, for reports only: it has no edits."""
        return cls(Kind(data["kind"]), data["item"], data["says"], data["since"], data["by"])

    def __str__(self) -> str:
        """Return the difference as a line, with when and who if that is known."""
        when = f"since {self.since}, " if self.since else ""
        return f"{self.kind:8}{self.text} ({when}by {self.by})"
