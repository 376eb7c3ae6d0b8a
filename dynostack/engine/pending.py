"""Operations that a killed engine started, and whose outcome the state does not have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dynostack.engine.advice import recover_command


def operation_title(pending: Mapping[str, Any]) -> str:
    """Return the title of an operation, such as `creating postgres`.

    Args:
        pending: one of the `pending_operations` of a state.
    """
    return f"{pending['type']} {pending['resource']['urn'].rpartition('::')[2]}"


def pending_message(stack: str, titles: Iterable[str], entering: str = "") -> str:
    """Return the error message for a stack that has interrupted operations.

    Args:
        stack: the stack's name.
        titles: the titles of the operations.
        entering: the command to set up the shell for the stack's backend; empty if not needed.
    """
    return (
        f"the state of stack {stack} has interrupted operations ({', '.join(titles)})"
        f"\n      = run {recover_command(stack, entering)}; then run the same command again"
    )
