"""The text of a comment, which is never longer than its host accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dynostack.comment.errors import CommentError
from dynostack.comment.header import Header
from dynostack.review.model import Review
from dynostack.review.render import markdown

OUTDATED = (
    "> **Outdated.** This review is older than the latest change to this request "
    "and does not show what would be applied now.\n\n"
)
BETWEEN = "\n---\n\n"


@dataclass(frozen=True)
class Body:
    """A comment to write."""

    header: Header
    text: str

    def __str__(self) -> str:
        return f"{self.header.text}{self.text}"


def bodies(reviews: Sequence[Review], together: bool, limit: int) -> list[Body]:
    """Return one comment for each review, or one for all.

    Args:
        reviews: the reviews to publish.
        together: whether one comment has all of them.
        limit: the maximum length of a comment, in characters.

    Raises:
        CommentError: the parts that must not be left out are longer than the limit.
    """
    groups = [list(reviews)] if together else [[review] for review in reviews]
    return [_body(group, together, limit) for group in groups]


def outdated(header: Header, text: str) -> Body:
    """Return a comment marked as outdated; every comment of ours has room for the mark."""
    return Body(header.as_outdated(), f"{OUTDATED}{text}")


def _body(reviews: Sequence[Review], together: bool, limit: int) -> Body:
    digests = tuple((review.stack, review.digest) for review in reviews)
    header = Header(reviews[0].project, digests, together)
    room = limit - len(header.as_outdated().text) - len(OUTDATED)
    text = BETWEEN.join(_rendered(reviews, room - len(BETWEEN) * (len(reviews) - 1)))
    if len(text) > room:
        names = ", ".join(review.stack for review in reviews)
        advice = "; omit --together" if together else ""
        raise CommentError(
            f"the summary of {names} is too long: {len(text):,} characters, but only {room:,} fit"
            f"{advice}"
        )
    return Body(header, text)


def _rendered(reviews: Sequence[Review], room: int) -> list[str]:
    """Render each review in an equal share; long ones get the room that short ones leave."""
    whole = {review.stack: len(markdown.render(review, room)) for review in reviews}
    texts = {}
    waiting = sorted(reviews, key=lambda review: whole[review.stack])
    for left, review in zip(range(len(waiting), 0, -1), waiting, strict=True):
        texts[review.stack] = markdown.render(review, room // left)
        room -= len(texts[review.stack])
    return [texts[review.stack] for review in reviews]
