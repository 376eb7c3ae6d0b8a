"""Generates docs/review-rules.md from the rules: `make docs` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dynostack.review.model import Severity
from dynostack.review.rules import RULES, Rule

PAGE = "docs/review-rules.md"
GROUPS = {
    "DR1": "Data loss, and changes that Heroku does not make",
    "DR2": "Access",
    "DR3": "Production",
    "DR4": "End of life",
    "DR5": "Costs",
    "DR6": "Policies, and changes outside Pulumi",
    "DR7": "Work outside Heroku",
}
SEVERITIES = {
    Severity.STOP: "cannot be applied",
    Severity.BLOCK: "needs an explicit yes",
    Severity.WARN: "warning",
    Severity.NOTE: "note",
}
HEAD = """\
# Rules of a review

The findings that `dynostack review` can report about a change. If a finding needs an explicit yes,
the command exits with code 3; you give the yes with `dynostack apply STACK --reviewed DIGEST`, and
with the option that the finding names, if it names one. If a finding says that the change cannot be
applied, the command exits with code 3 too, and no yes changes that. `make docs` generates this page
from `dynostack/review/rules/`.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for prefix, title in GROUPS.items():
        yield f"## {title}\n"
        yield from (_entry(RULES[each]) for each in sorted(RULES) if each.startswith(prefix))


def _entry(rule: Rule) -> str:
    return f"### {rule.id}\n\n**{rule.title}** ({SEVERITIES[rule.severity]})\n"


def main() -> None:
    """Write the page into the project in the current folder."""
    Path(PAGE).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
