"""The expressions of GitHub workflows, as far as ours use them.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_INSERTED = re.compile(r"\$\{\{ (.+?) \}\}")
Contexts = Mapping[str, Any]


def filled(text: object, contexts: Contexts) -> str:
    """Return a text of a workflow with the values of its expressions."""
    return _INSERTED.sub(lambda found: _text(value(found[1], contexts)), _text(text))


def value(expression: str, contexts: Contexts) -> Any:
    """Return the value of an expression: ||, &&, ==, a literal, or a path in a context."""
    for operator in (" || ", " && "):
        left, found, right = expression.rpartition(operator)
        if found:
            first = value(left, contexts)
            return first if bool(first) == (operator == " || ") else value(right, contexts)
    left, found, right = expression.partition(" == ")
    if found:
        return value(left, contexts) == value(right, contexts)
    if expression.startswith("'"):
        return expression[1:-1]
    return _at(expression.strip(), contexts)


def _at(path: str, contexts: Contexts) -> Any:
    """Return what a context has at a path; None if it has nothing there."""
    name, *keys = path.split(".")
    found: Any = contexts[name]
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _text(found: object) -> str:
    if isinstance(found, bool):
        return str(found).lower()
    return "" if found is None else str(found)
