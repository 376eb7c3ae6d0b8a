"""Errors of reading and writing comments."""

from __future__ import annotations


class CommentError(Exception):
    """The comment could not be read or written; the message says what to do."""


class Refused(CommentError):
    """The API rejected the request; a retry would get the same answer."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unavailable(CommentError):
    """The API did not answer, or asked to retry later; it may have handled the request."""
