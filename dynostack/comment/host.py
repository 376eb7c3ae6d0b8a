"""What GitHub and GitLab have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from dynostack.comment.errors import CommentError, Refused


@dataclass(frozen=True)
class Comment:
    """One comment as it is there now."""

    id: int
    author: str
    body: str
    address: str
    """Where a person reads it."""


class Host(Protocol):
    """The comments of one request.  Every method raises CommentError."""

    @property
    def limit(self) -> int:
        """The most characters of a comment."""

    def author(self) -> str:
        """Whose comments this token writes."""

    def comments(self) -> Iterator[Comment]:
        """All comments, the oldest first."""

    def create(self, body: str) -> Comment:
        """A new comment.  Raises Unavailable when it may be there all the same."""

    def update(self, comment: Comment, body: str) -> Comment:
        """The same comment with another text.  Raises Gone when it is not there any more."""


class Gone(CommentError):
    """The comment was deleted meanwhile."""


@dataclass(frozen=True)
class Words:
    """How a service names things, for its sentences."""

    service: str
    token: str
    """The variable that the token comes from."""
    request: str
    """Such as `pull request 7`."""
    repository: str
    right: str
    """What lets a token write comments."""

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn a refusal into a sentence that says what to do."""
        try:
            yield
        except Refused as refused:
            sentence = self._sentence(refused.status, str(refused))
            raise CommentError(sentence) from None

    def _sentence(self, status: int, said: str) -> str:
        says = f": {said}" if said else ""
        where = f"{self.request} of {self.repository}"
        if 300 <= status < 400:
            return f"{self.service} says that {self.repository} has moved; write its new name"
        sentences = {
            200: f"{self.service} does not answer as its API does{says}",
            400: f"{self.service} does not take the comment{says}",
            401: f"{self.service} does not take the token in {self.token}: it is mistyped, "
            "expired or revoked",
            403: f"the token in {self.token} may not write on {where}; give it {self.right}{says}",
            404: f"{self.service} shows this token no {where}; look at --repo and --pr, and "
            "whether the token may read the repository",
            422: f"{self.service} does not take the comment{says}",
        }
        return sentences.get(status, f"{self.service} answers {status}{says}")
