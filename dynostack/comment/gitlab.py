"""Notes on a GitLab merge request.

https://docs.gitlab.com/api/notes/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from dynostack.comment.errors import CommentError, Refused
from dynostack.comment.host import Comment, Gone, Words
from dynostack.comment.http import Api, checked_address, checked_token

TOKEN = "GITLAB_TOKEN"  # noqa: S105 -- a variable's name
ADDRESS = "CI_API_V4_URL"
PUBLIC = "https://gitlab.com/api/v4"


class GitLab:
    """One merge request."""

    limit = 1_000_000

    def __init__(self, api: Api, project: str, number: int) -> None:
        self._api = api
        self._notes = f"/projects/{quote(project, safe='')}/merge_requests/{number}/notes"
        site = api.address.removesuffix("/api/v4")
        self._page = f"{site}/{project}/-/merge_requests/{number}"
        words = Words("GitLab", TOKEN, f"merge request {number}", project, "the api scope")
        self._words = words

    @classmethod
    def of(cls, variables: Mapping[str, str], project: str, number: int) -> GitLab:
        """Return a merge request, with the token and address from environment variables.

        Raises:
            CommentError: the project, the token or the address is invalid.
        """
        if "/" not in project:
            raise CommentError(f"{project} is not a project; write GROUP/NAME")
        token = checked_token(TOKEN, variables.get(TOKEN))
        address = checked_address(ADDRESS, variables.get(ADDRESS) or PUBLIC)
        return cls(Api("GitLab", address, token, {"PRIVATE-TOKEN": token}), project, number)

    def author(self) -> str:
        """Return the account of the token."""
        with self._words.told():
            return str(self._api.call("GET", "/user").data["username"])

    def comments(self) -> Iterator[Comment]:
        """Yield all notes, the oldest first."""
        query = "per_page=100&order_by=created_at&sort=asc"
        with self._words.told():
            for entry in self._api.pages(self._notes, query):
                yield self._comment(entry)

    def create(self, body: str) -> Comment:
        """Create a note.

        Raises:
            Unavailable: GitLab did not confirm the note, but may have created it.
        """
        with self._words.told():
            answer = self._api.call("POST", self._notes, {"body": body}, once=True)
        return self._comment(answer.data)

    def update(self, comment: Comment, body: str) -> Comment:
        """Replace the text of a note.

        Raises:
            Gone: the note was deleted.
        """
        path = f"{self._notes}/{comment.id}"
        with self._words.told():
            try:
                return self._comment(self._api.call("PUT", path, {"body": body}).data)
            except Refused as refused:
                if refused.status == 404:
                    raise Gone(comment.address) from None
                raise

    def _comment(self, entry: Any) -> Comment:
        address = f"{self._page}#note_{entry['id']}"
        return Comment(entry["id"], entry["author"]["username"], entry["body"], address)
