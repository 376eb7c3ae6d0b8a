"""Generates docs/rules.md from the codes: `make docs` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dynostack.environment.diagnostics.codes import Code, codes
from dynostack.environment.diagnostics.diagnostic import RULES_PAGE

GROUPS = {
    "DS1": "The file and its shape",
    "DS2": "What Heroku offers",
    "DS3": "Across fields and stacks",
    "DS4": "Secrets",
    "DS5": "The Django project behind it",
    "DS6": "The project's own rules",
}
HEAD = """\
# Rules

The errors and warnings that `dynostack check`, `pulumi preview` and `pulumi up` report about the
environments' files, in the same words. An error stops a preview and an update; a warning does not.
`make docs` generates this page from `dynostack/environment/diagnostics/codes.toml`.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for prefix, title in GROUPS.items():
        yield f"## {title}\n"
        yield from (_entry(code, rule) for code, rule in codes().items() if code.startswith(prefix))


def _entry(code: str, rule: Code) -> str:
    source = "" if rule.source == "dynostack" else f" Source: <{rule.source}>."
    warning = " (warning)" if rule.severity == "warning" else ""
    return f"### {code}\n\n**{rule.title}**{warning}. {rule.why}{source}\n"


def main() -> None:
    """Write the page into the project in the current folder."""
    file = Path(RULES_PAGE)
    file.parent.mkdir(exist_ok=True)
    file.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
