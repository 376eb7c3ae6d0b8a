"""docs/review-rules.md, made of the rules: `make docs` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dynostack.review.model import Severity
from dynostack.review.rules import RULES, Rule

PAGE = "docs/review-rules.md"
GROUPS = {
    "DR1": "What could be lost, and what Heroku will not do",
    "DR2": "Who may do what",
    "DR3": "Production",
    "DR4": "What ends soon",
    "DR5": "What it costs",
    "DR6": "Policies, and changes by other means",
    "DR7": "What has to be done outside Heroku",
}
SEVERITIES = {
    Severity.STOP: "cannot be applied",
    Severity.BLOCK: "needs an explicit yes",
    Severity.WARN: "warning",
    Severity.NOTE: "note",
}
HEAD = """\
# Rules of a review

What `dynostack review` says of a change. A finding that needs an explicit yes ends the command
with 3; the yes is `dynostack apply STACK --reviewed DIGEST`, with the option that the finding names
where it names one. What cannot be applied ends it with 3 too, and no yes changes that. This page is
made by `make docs` from `dynostack/review/rules/`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for prefix, title in GROUPS.items():
        yield f"## {title}\n"
        yield from (_entry(RULES[each]) for each in sorted(RULES) if each.startswith(prefix))


def _entry(rule: Rule) -> str:
    return f"### {rule.id}\n\n**{rule.title}** ({SEVERITIES[rule.severity]})\n"


def main() -> None:
    """Write the page into the project that this is run in."""
    Path(PAGE).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
