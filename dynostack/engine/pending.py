"""Operations that a killed engine started: whether Heroku completed them is not in the state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dynostack.engine.advice import recover_command


def operation_title(pending: Mapping[str, Any]) -> str:
    """Return an operation in words, such as `creating postgres`.

    Args:
        pending: one of the `pending_operations` of a state.
    """
    return f"{pending['type']} {pending['resource']['urn'].rpartition('::')[2]}"


def pending_message(stack: str, titles: Iterable[str], entering: str = "") -> str:
    """Return the problem that a stack has interrupted operations, and what to do.

    Args:
        stack: the stack's name.
        titles: the operations.
        entering: the command that first gives a shell the stack's backend; empty if it has it.
    """
    return (
        f"the state of stack {stack} has interrupted operations ({', '.join(titles)})"
        f"\n      = run {recover_command(stack, entering)}; then the same command again"
    )
