"""The interface that GitHub and GitLab have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from dynostack.comment.errors import CommentError, Refused


@dataclass(frozen=True)
class Comment:
    """An existing comment."""

    id: int
    author: str
    body: str
    address: str
    """The address of its web page."""


class Host(Protocol):
    """The comments of one request.  Every method can raise CommentError."""

    @property
    def limit(self) -> int:
        """Return the maximum length of a comment, in characters."""

    def author(self) -> str:
        """Return the account of the token, which is the author of our comments."""

    def comments(self) -> Iterator[Comment]:
        """Yield all comments, the oldest first."""

    def create(self, body: str) -> Comment:
        """Create a comment.

        Raises:
            Unavailable: the host did not confirm the comment, but may have created it.
        """

    def update(self, comment: Comment, body: str) -> Comment:
        """Replace the text of a comment.

        Raises:
            Gone: the comment was deleted.
        """


class Gone(CommentError):
    """The comment was deleted in the meantime."""


@dataclass(frozen=True)
class Words:
    """A service's own words, for error messages."""

    service: str
    token: str
    """The environment variable that the token comes from."""
    request: str
    """The request, such as `pull request 7`."""
    repository: str
    right: str
    """The permission that a token needs to write there."""
    written: str = "comment"
    """The kind of text that dynostack writes there, such as comment."""
    options: str = "--repo, --pr and --commit"
    """The options that name the place."""

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn a refusal into an error message that says what to do."""
        try:
            yield
        except Refused as refused:
            sentence = self._sentence(refused.status, str(refused))
            raise CommentError(sentence) from None

    def _sentence(self, status: int, said: str) -> str:
        says = f": {said}" if said else ""
        where = f"{self.request} of {self.repository}"
        if 300 <= status < 400:
            return f"{self.service} reports that {self.repository} has moved; use its new name"
        sentences = {
            200: f"the response is not from {self.service}'s API{says}",
            400: f"{self.service} rejected the {self.written}{says}",
            401: f"{self.service} rejected the token in {self.token}: it is mistyped, "
            "expired or revoked; set a valid one",
            403: f"the token in {self.token} may not write to {where}; give it {self.right}{says}",
            404: f"{self.service} did not find {where} with this token; check {self.options}, and "
            "that the token may read the repository",
            410: f"{self.service} no longer has {where}{says}",
            422: f"{self.service} rejected the {self.written}{says}",
        }
        return sentences.get(status, f"{self.service} answered with status {status}{says}")
