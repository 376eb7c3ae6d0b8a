"""Brings the comments of a request up to date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import sleep

from dynostack.comment.body import Body, outdated
from dynostack.comment.errors import CommentError, Unavailable
from dynostack.comment.header import Header
from dynostack.comment.host import Comment, Gone, Host

ATTEMPTS = 4


@dataclass(frozen=True)
class Own:
    """A comment that we wrote."""

    comment: Comment
    header: Header
    text: str
    """The comment's text without the header."""


@dataclass(frozen=True)
class Shown:
    """The plans that the comments of a request show."""

    headers: tuple[Header, ...]

    def digest(self, stack: str) -> str:
        """Return the digest of a stack's plan.

        Raises:
            CommentError: there is no review of the stack that can be applied, or several.
        """
        shown = {
            digest
            for header in self.headers
            for name, digest in (*header.changed, *header.unchanged)
            if name == stack and digest
        }
        if len(shown) != 1:
            what = f"several reviews of {stack}" if shown else f"no review of {stack} to apply"
            raise CommentError(f"the request has {what}; review {stack} again")
        return shown.pop()

    def changed(self) -> list[str]:
        """Return the stacks that change, or could not be reviewed, in the comment's order.

        Raises:
            CommentError: there is no comment that is up to date.
        """
        if not self.headers:
            raise CommentError("the request has no review that is up to date; review it again")
        return list(dict.fromkeys(name for header in self.headers for name, _ in header.changed))


@dataclass(frozen=True)
class Publisher:
    """Finds our comments, writes the one that is wanted, and marks the others as outdated."""

    host: Host
    project: str

    def publish(self, wanted: Body | None) -> Iterator[str]:
        """Publish a comment, and yield a line about each change.

        Args:
            wanted: the comment; None to mark all comments as outdated.

        Raises:
            CommentError: the host rejected a comment or did not answer.
        """
        left = self.own()
        if wanted and left:
            yield self._updated(left.pop(0), wanted)
        elif wanted:
            yield f"created {self._created(wanted).address}"
        for each in left:
            if not each.header.outdated:
                self._mark(each)
                yield f"marked as outdated {each.comment.address}"

    def own(self) -> list[Own]:
        """Return our comments about the project, by author, because anyone can write the header."""
        author = self.host.author()
        return [
            Own(comment, header, text)
            for comment in self.host.comments()
            if comment.author == author
            for header, text in [Header.split(comment.body)]
            if header and header.project == self.project
        ]

    def shown(self) -> Shown:
        """Return what the request's comments show, without outdated ones."""
        return Shown(tuple(each.header for each in self.own() if not each.header.outdated))

    def _created(self, body: Body) -> Comment:
        """Create exactly one comment, even if the host's answer to an attempt was lost."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.host.create(str(body))
            except Unavailable:
                if attempt == ATTEMPTS:
                    raise
            sleep(float(2**attempt))
            for each in self.own():
                if each.header == body.header:
                    return each.comment
        raise AssertionError("the last attempt returns or raises")

    def _updated(self, place: Own, body: Body) -> str:
        if place.comment.body.replace("\r\n", "\n") == str(body):
            return f"unchanged {place.comment.address}"
        try:
            return f"updated {self.host.update(place.comment, str(body)).address}"
        except Gone:
            return f"created {self._created(body).address}"

    def _mark(self, each: Own) -> None:
        try:
            self.host.update(each.comment, str(outdated(each.header, each.text)))
        except Gone:
            return
