"""Keeps secrets out of what is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "[secret]"
_LONG = 8


class Discretion:
    """Remembers secret values and hides them in texts."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self.remember(values)

    def remember(self, values: Iterable[str]) -> None:
        """These values are hidden from now on."""
        self._values |= {value for value in values if isinstance(value, str) and value}

    def hide(self, text: str) -> str:
        """The text with every secret replaced, longest first.

        A short value is hidden only as a word of its own: inside other words it tells nothing,
        and hiding it there would make the text unreadable.
        """
        for value in sorted(self._values, key=len, reverse=True):
            if len(value) >= _LONG:
                text = text.replace(value, HIDDEN)
            else:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", HIDDEN, text)
        return text
