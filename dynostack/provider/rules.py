"""Rules for single values.  A rule returns why a value is invalid, or None.

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
    """Return a rule for an id of Heroku's; ``how`` says what to write instead."""

    def rule(value: Plain) -> str | None:
        if _UUID.fullmatch(value):
            return None
        return f'"{value}" is not the id of {what}; write {how}'

    return rule


def pattern(expression: str, reason: str) -> Rule:
    """Return a rule for a string that fully matches a regular expression."""
    compiled = re.compile(expression)

    def rule(value: Plain) -> str | None:
        return None if compiled.fullmatch(value) else f'"{value}": {reason}'

    return rule


def one_of(choices: Collection[str]) -> Rule:
    """Return a rule for one of a few words."""

    def rule(value: Plain) -> str | None:
        if value in choices:
            return None
        return f'"{value}" is unknown; write one of {", ".join(sorted(choices))}'

    return rule


def at_least(least: int) -> Rule:
    """Return a rule for a number that is at least ``least``."""

    def rule(value: Plain) -> str | None:
        return None if value >= least else f"{value} is too small; write {least} or more"

    return rule


def some(value: Plain) -> str | None:
    """Check that a string is not empty."""
    return None if value else "is empty"


def config_var_names(value: Plain) -> str | None:
    """Check the names of config vars.

    https://devcenter.heroku.com/articles/config-vars
    """
    wrong = sorted(name for name in value if not re.fullmatch(r"\w+", name))
    if not wrong:
        return None
    return (
        f"the name of a config var can only contain letters, digits and underscores; "
        f"rename {', '.join(wrong)}"
    )


def secure_url(value: Plain) -> str | None:
    """Check that an address is https; the message does not repeat it, as it may have a password."""
    if value.startswith("https://"):
        return None
    return "is not a secure URL; write one that starts with https://"


APP_NAME = pattern(
    r"[a-z][a-z0-9-]{1,28}[a-z0-9]",
    "Name must start with a letter, end with a letter or digit, and can only contain lowercase "
    "letters, digits, and dashes; write 3 to 30 characters",
)
ADDON_NAME = pattern(
    r"[a-zA-Z][A-Za-z0-9_-]{1,255}",
    "Name must start with a letter and can only contain letters, digits, underscores and dashes; "
    "write 2 to 256 characters",
)
PIPELINE_NAME = pattern(
    r"[a-z][a-z0-9-]{2,29}",
    "Name must start with a letter and can only contain lowercase letters, digits, and dashes; "
    "write 3 to 30 characters",
)
PROCESS_TYPE = pattern(
    r"[-\w]{1,128}",
    "a process type can only contain letters, digits, dashes and underscores, as in a Procfile",
)
