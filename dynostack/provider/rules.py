"""Rules on single values.  A rule gives the reason why a value will not do, or nothing.

Patterns and limits come from Heroku's published JSON schema of the Platform API, version 3, and
from terraform-provider-heroku 5.2.10 where that is stricter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from dynostack.provider.fields import Rule
    from dynostack.provider.values import Plain

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def uuid_of(what: str, how: str) -> Rule:
    """An id as Heroku gives it; ``how`` says what to write instead."""

    def rule(value: Plain) -> str | None:
        if _UUID.fullmatch(value):
            return None
        return f'"{value}" is not the id of {what}; write {how}'

    return rule


def pattern(expression: str, reason: str) -> Rule:
    """A text that matches as a whole."""
    compiled = re.compile(expression)

    def rule(value: Plain) -> str | None:
        return None if compiled.fullmatch(value) else f'"{value}": {reason}'

    return rule


def one_of(choices: Collection[str]) -> Rule:
    """One of a few words."""

    def rule(value: Plain) -> str | None:
        if value in choices:
            return None
        return f'"{value}" is not known; write one of {", ".join(sorted(choices))}'

    return rule


def at_least(least: int) -> Rule:
    """A number from ``least`` up."""

    def rule(value: Plain) -> str | None:
        return None if value >= least else f"{value} is too small; write {least} or more"

    return rule


def some(value: Plain) -> str | None:
    """A text with something in it."""
    return None if value else "is empty"


def config_var_names(value: Plain) -> str | None:
    """Names of config vars.  https://devcenter.heroku.com/articles/config-vars"""
    wrong = sorted(name for name in value if not re.fullmatch(r"\w+", name))
    if not wrong:
        return None
    return (
        f"Heroku takes only letters, digits and underscores in the name of a config var; "
        f"rename {', '.join(wrong)}"
    )


def secure_url(value: Plain) -> str | None:
    """An address that may hold a password, so it is not repeated."""
    if value.startswith("https://"):
        return None
    return "a secure URL is needed; write one that starts with https://"


APP_NAME = pattern(
    r"[a-z][a-z0-9-]{1,28}[a-z0-9]",
    "Name must start with a letter, end with a letter or digit, and can only contain lowercase "
    "letters, digits, and dashes; it has 3 to 30 of them",
)
ADDON_NAME = pattern(
    r"[a-zA-Z][A-Za-z0-9_-]{1,255}",
    "Name must start with a letter and can only contain letters, digits, underscores and dashes; "
    "it has 2 to 256 of them",
)
PIPELINE_NAME = pattern(
    r"[a-z][a-z0-9-]{2,29}",
    "Name must start with a letter and can only contain lowercase letters, digits, and dashes; "
    "it has 3 to 30 of them",
)
PROCESS_TYPE = pattern(
    r"[-\w]{1,128}", "a process type has letters, digits, dashes and underscores, as in a Procfile"
)
