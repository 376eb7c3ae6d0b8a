"""What is odd about a wrong text: characters that do not belong to it, or a placeholder."""

import re
from dataclasses import dataclass

from dynostack.environment.diagnostics.characters import (
    first_invisible,
    name_of,
    without_invisible,
    without_typographic_quotes,
)

_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}|\{\{[^{}]*\}\}|\$\([^()]*\)")


@dataclass(frozen=True)
class OddText:
    """Why a text is wrong."""

    code: str
    message: str
    """What follows the value's name."""
    meant: str = ""
    """The text that is meant; empty if it is unknown."""


def odd_text(text: str) -> OddText | None:
    """Return what is odd about a text that is not valid, or None."""
    index = first_invisible(text)
    if index is not None:
        message = f"contains an invisible character: {name_of(text[index])}"
        return OddText("DS123", message, without_invisible(text))
    if (inside := without_typographic_quotes(text)) is not None:
        return OddText("DS124", "is in typographic quotes, which YAML does not know", inside)
    if text.endswith(",") and text.rstrip(", "):
        return OddText("DS124", "ends with a comma, as in JSON", text.rstrip(", "))
    if _PLACEHOLDER.search(text):
        return OddText("DS125", "has a placeholder, which nothing fills in")
    return None
