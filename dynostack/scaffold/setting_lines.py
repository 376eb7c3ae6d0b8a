"""Lines that add to a list of the settings, of the type that the list has."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Sequence

from dynostack.environment.django.modules import Module
from dynostack.environment.django.statements import relevant


def added(modules: Iterable[Module], name: str, entries: Sequence[str]) -> str:
    """Return the line that adds entries to a setting: += to a list or tuple, or else =."""
    written = ", ".join(map(json.dumps, entries))
    kind = _kind(modules, name)
    if kind is None:
        return f"{name} = [{written}]"
    if kind is ast.Tuple:
        return f"{name} += ({written},)"
    if kind is ast.List:
        return f"{name} += [{written}]"
    return f"{name} = [*{name}, {written}]"


def _kind(modules: Iterable[Module], name: str) -> type[ast.expr] | None:
    """Return how the value of a setting is written; None if it is not set, or is empty."""
    for module in modules:
        for statement in reversed(relevant(module.tree, name)):
            value = getattr(statement, "value", None)
            if isinstance(value, ast.expr) and isinstance(statement, ast.Assign | ast.AnnAssign):
                while isinstance(value, ast.BinOp):
                    value = value.left
                if isinstance(value, ast.List | ast.Tuple) and not value.elts:
                    return None
                return type(value)
            if name in {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)}:
                return ast.expr
    return None
