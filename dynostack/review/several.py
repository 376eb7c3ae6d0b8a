"""Reviews of several stacks of one project, with the stacks that have none because they failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from dynostack.review.model import Review, Verdict


@dataclass(frozen=True)
class Failure:
    """A stack whose command ended without a result."""

    stack: str
    exit_code: int
    message: str
    """The message of the command about it; never empty."""


@dataclass(frozen=True)
class Reviews:
    """The reviews of some stacks of one project."""

    project: str
    reviews: tuple[Review, ...]
    failures: tuple[Failure, ...] = ()

    @property
    def stacks(self) -> list[str]:
        """Return the names of all stacks."""
        failed = [each.stack for each in self.failures]
        return [*failed, *(each.stack for each in self.reviews)]

    @property
    def changed(self) -> tuple[Review, ...]:
        """Return the reviews that need a look: those that do not say `nothing changes`."""
        return tuple(each for each in self.reviews if not is_unchanged(each))

    @property
    def unchanged(self) -> tuple[Review, ...]:
        """Return the reviews of stacks that stay as they are."""
        return tuple(each for each in self.reviews if is_unchanged(each))

    def json(self) -> str:
        """Return everything as one JSON document, for programs and for `dynostack comment`."""
        return _ADAPTER.dump_json(self, indent=2).decode() + "\n"

    @classmethod
    def parse(cls, text: str) -> Reviews:
        """Return what `json` wrote, or a single review's JSON as the reviews of one stack.

        Raises:
            ValueError: the text is neither.
        """
        found = _EITHER.validate_json(text)
        return found if isinstance(found, Reviews) else cls(found.project, (found,))

    @classmethod
    def joined(cls, parts: Sequence[Reviews]) -> Reviews:
        """Return the reviews and failures of several documents of one project, in their order."""
        return cls(
            parts[0].project,
            tuple(review for part in parts for review in part.reviews),
            tuple(failure for part in parts for failure in part.failures),
        )


def is_unchanged(review: Review) -> bool:
    """Return whether a stack stays as it is and no finding needs a look."""
    return review.verdict is Verdict.NOTHING and not review.findings


_ADAPTER = TypeAdapter(Reviews)
_EITHER: TypeAdapter[Reviews | Review] = TypeAdapter(Reviews | Review)
