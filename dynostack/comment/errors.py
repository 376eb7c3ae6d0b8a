"""What the other side answers when it does not do what it is asked, in a person's words."""

from __future__ import annotations


class CommentError(Exception):
    """The comment could not be read or written; the message says what to do."""


class Refused(CommentError):
    """The API answered and will answer the same again."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unavailable(CommentError):
    """No answer, or one that says "later": what was sent may have been done."""
