"""Issues of a GitHub repository.

https://docs.github.com/en/rest/issues/issues
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.comment.github import TOKEN, github_api, login
from dynostack.comment.host import Words
from dynostack.comment.http import Api

LIMIT = 65_536
"""The maximum length of an issue's text, in characters."""


@dataclass(frozen=True)
class Issue:
    """An open issue."""

    number: int
    author: str
    title: str
    body: str
    address: str
    """The address of its web page."""


class GitHubIssues:
    """The issues of one repository.  Every method can raise CommentError."""

    def __init__(self, api: Api, repository: str) -> None:
        self._api = api
        self._issues = f"/repos/{repository}/issues"
        self._words = Words(
            "GitHub",
            TOKEN,
            "the issues",
            repository,
            "the permission issues: write",
            written="issue",
            options="the repository's name",
        )

    @classmethod
    def of(cls, variables: Mapping[str, str], repository: str) -> GitHubIssues:
        """Return a repository's issues, with the token and address from environment variables.

        Raises:
            CommentError: the repository, the token or the address is invalid.
        """
        return cls(github_api(variables, repository), repository)

    def author(self) -> str:
        """Return the account of the token, which is the author of our issues."""
        with self._words.told():
            return login(self._api)

    def open_issues(self) -> Iterator[Issue]:
        """Yield all open issues, the one that was updated last first."""
        query = "state=open&sort=updated&direction=desc&per_page=100"
        with self._words.told():
            for entry in self._api.pages(self._issues, query):
                # GitHub lists pull requests as issues, too.
                if "pull_request" not in entry:
                    yield _issue(entry)

    def create(self, title: str, body: str, label: str) -> Issue:
        """Create an issue, and its label if the repository does not have it.

        Raises:
            Unavailable: GitHub did not confirm the issue, but may have created it.
        """
        written = {"title": title, "body": body, "labels": [label]}
        with self._words.told():
            return _issue(self._api.call("POST", self._issues, written, once=True).data)

    def update(self, issue: Issue, title: str, body: str) -> None:
        """Replace the title and the text of an issue."""
        self._change(issue, {"title": title, "body": body})

    def close(self, issue: Issue, body: str) -> None:
        """Replace the text of an issue and close it as completed."""
        self._change(issue, {"body": body, "state": "closed", "state_reason": "completed"})

    def _change(self, issue: Issue, written: Mapping[str, str]) -> None:
        with self._words.told():
            self._api.call("PATCH", f"{self._issues}/{issue.number}", written)


def _issue(entry: Any) -> Issue:
    # The author's account may have been deleted.
    author = entry["user"]["login"] if entry.get("user") else ""
    body = (entry.get("body") or "").replace("\r\n", "\n")
    return Issue(entry["number"], author, entry["title"], body, entry.get("html_url", ""))
