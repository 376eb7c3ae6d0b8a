"""Removal of secrets from messages and build output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

HIDDEN = "[secret]"
_LONG = 8
_SHORTEST = 4
_HARMLESS = frozenset({"true", "false", "none", "null"})
"""Values that are not secret in any config var; values shorter than `_SHORTEST` are not, either."""
_SECRET_NAME = re.compile(r".*(KEY|TOKEN|SECRET|PASS(WORD|WD|PHRASE)?|CREDENTIALS?)", re.IGNORECASE)
_PASSWORD = re.compile(r"://[^/\s]*@")


class Discretion:
    """Remembers secret values and replaces them in texts."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._plain: set[str] = set()
        self.remember(values)

    def remember(self, values: Iterable[str]) -> None:
        """Hide these values from now on, except harmless ones."""
        self._values |= {value for value in values if isinstance(value, str) and _may_hide(value)}

    def reveal(self, config_vars: Mapping[str, Any]) -> None:
        """Stop hiding the values of config vars that the program declares as plain text.

        A value stays hidden if its name or its form suggests that it is a secret.
        """
        self._plain |= {
            value
            for name, value in config_vars.items()
            if isinstance(value, str)
            and not _SECRET_NAME.fullmatch(name)
            and not _PASSWORD.search(value)
        }

    def hide(self, text: str) -> str:
        """Return the text with every secret replaced, longest first.

        A short value is hidden only as a separate word: hiding it inside other words would make
        the text unreadable.
        """
        for value in sorted(self._values - self._plain, key=len, reverse=True):
            if len(value) >= _LONG:
                text = text.replace(value, HIDDEN)
            else:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", HIDDEN, text)
        return text


def _may_hide(value: str) -> bool:
    return len(value) >= _SHORTEST and value.lower() not in _HARMLESS
