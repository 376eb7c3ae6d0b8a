"""The pages of docs/ about every code and every key: `make docs` writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dynostack.explain import keys_page
from dynostack.explain.explanation import explanations


@dataclass(frozen=True)
class Page:
    """A page with one section for each group of codes."""

    head: str
    groups: Mapping[str, str]
    """Beginning of a group's codes -> its title."""

    def text(self) -> str:
        """Return the whole page."""
        return "\n".join([self.head, *self._sections()])

    def _sections(self) -> Iterator[str]:
        for prefix, title in self.groups.items():
            yield f"## {title}\n"
            for code, each in explanations().items():
                if code.startswith(prefix):
                    yield each.markdown


CHECKS = Page(
    """\
# Rules of the checks

`dynostack check` reports these findings about the environment files; `pulumi preview` and
`pulumi up` report them in the same words. An error stops all three commands; a warning stops none.
`dynostack explain CODE` prints one entry. `make docs` generates this page.

## Switch a rule off or change its severity

In the `pyproject.toml` beside `Pulumi.yaml`:

```toml
[tool.dynostack.check]
ignore = ["DS503"]                     # off
error = ["DS2", "DS505"]               # every rule whose code begins with DS2, and DS505
warning = ["DS529"]

[tool.dynostack.check.per-stack-ignores]
"review-*" = ["DS32"]                  # off in the stacks whose names match
```

The longest entry that matches a code counts. To exempt one line, end it with a comment, or write
the comment alone on the line above, with a reason:

```yaml
    stack: heroku-22  # dynostack: ignore[DS221] we upgrade in January
```

This works in the stacks' files, and in the files of the Django project that a finding points to:
requirements, Procfile and Python. A comment that is not needed is itself a warning (DS156). A
*required* rule cannot be switched off: without it the file cannot be used, or Heroku or the engine
fails. The choice applies to all commands alike; the reports in JSON and SARIF have the chosen
severity.
""",
    {
        "DS1": "The file and its shape",
        "DS2": "What Heroku offers",
        "DS3": "Across fields and stacks",
        "DS4": "Secrets",
        "DS5": "The Django project",
        "DS6": "The project's own rules",
    },
)
REVIEWS = Page(
    """\
# Rules of a review

`dynostack review` reports these findings about a change, and exits with 3 if one of them needs an
explicit yes or means that the change cannot be applied. To say yes, run
`dynostack apply STACK --reviewed DIGEST` with the option that the finding names, if any. If a
finding says that the change cannot be applied, no option overrides it. `dynostack explain CODE`
prints one entry. `make docs` generates this page.
""",
    {
        "DR1": "Data loss, and changes that Heroku does not make",
        "DR2": "Access",
        "DR3": "Production",
        "DR4": "End of life",
        "DR5": "Cost",
        "DR6": "Policies, and changes outside Pulumi",
        "DR7": "Steps outside Heroku",
    },
)
PAGES: Mapping[str, Callable[[], str]] = {
    "docs/rules.md": CHECKS.text,
    "docs/review-rules.md": REVIEWS.text,
    "docs/keys.md": keys_page.page,
}
"""File -> its text."""


def main() -> None:
    """Write the pages into the project in the current directory."""
    for file, text in PAGES.items():
        Path(file).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
