"""Comments on a GitHub pull request.

https://docs.github.com/en/rest/issues/comments
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dynostack.comment.errors import CommentError, Refused
from dynostack.comment.host import Comment, Gone, Words
from dynostack.comment.http import Api, checked_address, checked_token

TOKEN = "GITHUB_TOKEN"  # noqa: S105 -- a variable's name
ADDRESS = "GITHUB_API_URL"
PUBLIC = "https://api.github.com"
VERSION = "2022-11-28"


def github_api(variables: Mapping[str, str], repository: str) -> Api:
    """Return GitHub's API, with the token and address from environment variables.

    Raises:
        CommentError: the repository, the token or the address is invalid.
    """
    if repository.count("/") != 1:
        raise CommentError(f"{repository} is not a repository; write OWNER/NAME")
    token = checked_token(TOKEN, variables.get(TOKEN))
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": VERSION,
    }
    address = checked_address(ADDRESS, variables.get(ADDRESS) or PUBLIC)
    return Api("GitHub", address, token, headers)


def login(api: Api) -> str:
    """Return the account of the API's token.

    This uses GraphQL, because REST does not return it for the token of a workflow.

    Raises:
        CommentError: GitHub does not name the account.
    """
    query = {"query": "query { viewer { login } }"}
    # GitHub Enterprise Server has /api/graphql beside /api/v3.
    graphql = replace(api, address=api.address.removesuffix("/v3"))
    data = graphql.call("POST", "/graphql", query).data
    viewer = (data.get("data") or {}).get("viewer")
    if not viewer:
        raise CommentError(
            f"cannot identify the account of {TOKEN}: GitHub returned none; use another token"
        )
    return str(viewer["login"])


def merged_request(variables: Mapping[str, str], repository: str, commit: str) -> int:
    """Return the number of the pull request that brought a commit to its branch.

    https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit

    Raises:
        CommentError: no merged pull request has the commit, or GitHub did not answer.
    """
    api = github_api(variables, repository)
    right = "the permission pull-requests: read"
    words = Words("GitHub", TOKEN, f"commit {commit}", repository, right)
    with words.told():
        found = [
            entry["number"]
            for entry in api.pages(f"/repos/{repository}/commits/{commit}/pulls", "per_page=100")
            if entry["merged_at"]
        ]
    if not found:
        raise CommentError(
            f"commit {commit} does not belong to a merged pull request, so nothing was reviewed;"
            " name the reviewed pull request with --pr"
        )
    return int(found[0])


class GitHub:
    """One pull request; its comments are those of the issue with the same number."""

    limit = 65_536

    def __init__(self, api: Api, repository: str, number: int) -> None:
        self._api = api
        self._repository = f"/repos/{repository}"
        self._comments = f"{self._repository}/issues/{number}/comments"
        self._words = Words(
            "GitHub",
            TOKEN,
            f"pull request {number}",
            repository,
            "the permission pull-requests: write",
        )

    @classmethod
    def of(cls, variables: Mapping[str, str], repository: str, number: int) -> GitHub:
        """Return a pull request, with the token and address from environment variables.

        Raises:
            CommentError: the repository, the token or the address is invalid.
        """
        return cls(github_api(variables, repository), repository, number)

    def author(self) -> str:
        """Return the account of the token."""
        with self._words.told():
            return login(self._api)

    def comments(self) -> Iterator[Comment]:
        """Yield all comments, the oldest first."""
        with self._words.told():
            for entry in self._api.pages(self._comments, "per_page=100"):
                yield _comment(entry)

    def create(self, body: str) -> Comment:
        """Create a comment.

        Raises:
            Unavailable: GitHub did not confirm the comment, but may have created it.
        """
        with self._words.told():
            return _comment(self._api.call("POST", self._comments, {"body": body}, once=True).data)

    def update(self, comment: Comment, body: str) -> Comment:
        """Replace the text of a comment.

        Raises:
            Gone: the comment was deleted.
        """
        path = f"{self._repository}/issues/comments/{comment.id}"
        with self._words.told():
            try:
                return _comment(self._api.call("PATCH", path, {"body": body}).data)
            except Refused as refused:
                if refused.status in (404, 410):
                    raise Gone(comment.address) from None
                raise


def _comment(entry: Any) -> Comment:
    # The author's account may have been deleted.
    author = entry["user"]["login"] if entry.get("user") else ""
    return Comment(entry["id"], author, entry.get("body") or "", entry.get("html_url", ""))
