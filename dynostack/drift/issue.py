"""One issue of a GitHub repository that says how Heroku differs from the files of a project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import sleep
from urllib.parse import quote

from dynostack.comment.errors import Unavailable
from dynostack.comment.issues import LIMIT, GitHubIssues, Issue
from dynostack.drift import markdown
from dynostack.drift.command import Drift

LABEL = "drift"
CLOSED = "Heroku matches the files again.\n"
ATTEMPTS = 4


@dataclass(frozen=True)
class DriftIssue:
    """Opens, updates and closes the issue; there is never a second one that is open."""

    issues: GitHubIssues
    project: str

    def publish(self, drifts: Sequence[Drift], failures: Mapping[str, str]) -> Iterator[str]:
        """Bring the issue up to date, and yield a line about each change.

        A stack that could not be compared opens no issue and closes none.

        Args:
            drifts: the compared stacks.
            failures: the stacks that could not be compared, each with the reason.

        Raises:
            CommentError: GitHub rejected the issue or did not answer.
        """
        there = self._own()
        differs = any(each.differences for each in drifts)
        if not differs and not (failures and there):
            for issue in there:
                self.issues.close(issue, f"{self._header}{CLOSED}")
                yield f"closed {issue.address}"
            return
        title = f"{self.project}: {markdown.title(drifts, failures)}"
        body = self._header + markdown.render(drifts, failures, LIMIT - len(self._header))
        if not there:
            yield f"opened {self._created(title, body).address}"
            return
        oldest, *others = sorted(there, key=lambda each: each.number)
        if (oldest.title, oldest.body.rstrip()) == (title, body.rstrip()):
            yield f"unchanged {oldest.address}"
        else:
            self.issues.update(oldest, title, body)
            yield f"updated {oldest.address}"
        for issue in others:
            self.issues.close(issue, f"{self._header}Continued in #{oldest.number}.\n")
            yield f"closed {issue.address}"

    @property
    def _header(self) -> str:
        """Return the hidden first line that identifies the issue; nothing in it can end it."""
        name = quote(self.project, safe="").replace("-", "%2D")
        return f"<!-- dynostack:drift project={name} -->\n"

    def _own(self) -> list[Issue]:
        """Return our open issues about the project, by author: anyone can write the header."""
        author = self.issues.author()
        form = re.compile(re.escape(self._header.rstrip()) + r"\s")
        return [
            issue
            for issue in self.issues.open_issues()
            if issue.author == author and form.match(issue.body)
        ]

    def _created(self, title: str, body: str) -> Issue:
        """Create exactly one issue, even if GitHub's answer to an attempt was lost."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.issues.create(title, body, LABEL)
            except Unavailable:
                if attempt == ATTEMPTS:
                    raise
            sleep(float(2**attempt))
            for issue in self._own():
                return issue
        raise AssertionError("the last attempt returns or raises")
