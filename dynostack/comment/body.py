"""The text of a comment, which is never longer than its host accepts."""

from __future__ import annotations

from dataclasses import dataclass

from dynostack.comment.errors import CommentError
from dynostack.comment.header import Header
from dynostack.review.render import several_markdown
from dynostack.review.several import Reviews

OUTDATED = (
    "> **Outdated.** This review is older than the latest change to this request "
    "and does not show what would be applied now.\n\n"
)


@dataclass(frozen=True)
class Body:
    """A comment to write."""

    header: Header
    text: str

    @classmethod
    def of(cls, reviews: Reviews, limit: int) -> Body:
        """Return the comment about all reviews.

        Args:
            reviews: the reviews to publish.
            limit: the maximum length of a comment, in characters.

        Raises:
            CommentError: the parts that must not be left out are longer than the limit.
        """
        header = Header(
            reviews.project,
            (
                *((each.stack, "") for each in reviews.failures),
                *((each.stack, each.digest) for each in reviews.changed),
            ),
            tuple((each.stack, each.digest) for each in reviews.unchanged),
        )
        room = limit - len(header.as_outdated().text) - len(OUTDATED)
        text = several_markdown.render(reviews, max(room, 0))
        if len(text) > room:
            raise CommentError(
                f"one comment has no room for the digests of {len(reviews.stacks):,} stacks;"
                " review fewer at a time, such as those of --changed"
            )
        return cls(header, text)

    def __str__(self) -> str:
        return f"{self.header.text}{self.text}"


def outdated(header: Header, text: str) -> Body:
    """Return a comment marked as outdated; every comment of ours has room for the mark."""
    return Body(header.as_outdated(), f"{OUTDATED}{text}")
