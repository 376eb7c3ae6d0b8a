"""A GitHub repository on 127.0.0.1: pull request 7 with its comments, issues, and commits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.comment.service import BOT, Answered, Asked, GitHubService

ISSUES = "/repos/acme/shop/issues"
LIMIT = 65_536


@dataclass
class GitHubRepository(GitHubService):
    """The comments of pull request 7, the issues, and the pull requests of commits."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    """All issues and pull requests, the oldest first."""
    merged: dict[str, int] = field(default_factory=dict)
    """Commit -> the number of the pull request that brought it to the main branch."""

    @property
    def open_issues(self) -> list[dict[str, Any]]:
        return [each for each in self.issues if each["state"] == "open"]

    def answer(self, asked: Asked) -> Answered:
        parts = urlsplit(asked.path)
        if not self.knows(asked.headers):
            return super().answer(asked)
        if (asked.method, parts.path) == ("GET", ISSUES):
            return self.issue_page(parse_qs(parts.query))
        if (asked.method, parts.path) == ("POST", ISSUES):
            return self.opened(asked.body)
        if asked.method == "PATCH" and (found := re.fullmatch(rf"{ISSUES}/(\d+)", parts.path)):
            return self.changed(int(found[1]), asked.body)
        if found := re.fullmatch(r"/repos/acme/shop/commits/(\w+)/pulls", parts.path):
            return self.pulls(found[1])
        return super().answer(asked)

    def issue_page(self, query: Mapping[str, list[str]]) -> Answered:
        """Return a page of the open issues; `updated` counts the changes of all issues."""
        assert query["state"] == ["open"]
        number, size = int(query.get("page", ["1"])[0]), int(query["per_page"][0])
        found = sorted(self.open_issues, key=lambda each: each["updated"], reverse=True)
        links = f"<{self.address}{ISSUES}?state=open&per_page={size}&page={number + 1}>"
        more = {"Link": f'{links}; rel="next"'} if number * size < len(found) else {}
        return Answered(200, found[(number - 1) * size : number * size], more)

    def opened(self, written: Mapping[str, Any], author: str = BOT, **more: Any) -> Answered:
        if len(written["body"]) > LIMIT or len(written["title"]) > 256:
            return Answered(422, {"message": "Validation Failed"})
        number = 8 + len(self.issues)
        issue = {
            **written,
            "labels": [{"name": each} for each in written.get("labels", [])],
            "number": number,
            "state": "open",
            "user": {"login": author},
            "html_url": f"https://github.com/acme/shop/issues/{number}",
            "updated": len(self.asked),
            **more,
        }
        self.issues.append(issue)
        return Answered(201, issue)

    def changed(self, number: int, written: Mapping[str, Any]) -> Answered:
        issue = next(each for each in self.issues if each["number"] == number)
        if len(written["body"]) > LIMIT:
            return Answered(422, {"message": "Validation Failed"})
        issue.update(written, updated=len(self.asked))
        return Answered(200, issue)

    def pulls(self, commit: str) -> Answered:
        """Return the pull requests of a commit: an open one as well as the merged one."""
        merged = self.merged.get(commit)
        found: list[dict[str, Any]] = [{"number": 3, "merged_at": None}]
        if merged:
            found.append({"number": merged, "merged_at": "2026-11-30T10:00:00Z"})
        return Answered(200, found)
