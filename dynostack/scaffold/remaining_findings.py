"""Findings of `dynostack check` about a Django project that the lines to add do not correct."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dynostack.environment import Diagnostic, examine
from dynostack.scaffold.django_settings import Block

ABOUT_THE_PROJECT = "DS5"
"""Prefix of the codes of rules about the Django project."""

ANSWERED = frozenset(
    {
        *("DS501", "DS505", "DS511", "DS514", "DS521", "DS523", "DS524", "DS525", "DS526"),
        *("DS529", "DS530", "DS531", "DS533"),
    }
)
"""Codes of the rules whose findings the added lines correct."""


def remaining(directory: Path, stack: str, blocks: Sequence[Block]) -> list[str]:
    """Return a line for each rule whose findings remain after the lines are added to the project.

    The project's own rules are not run.

    Args:
        directory: the folder of Pulumi.yaml.
        stack: the name of the stack.
        blocks: the lines to add.
    """
    found: dict[str, list[Diagnostic]] = {}
    for each in examine(stack, directory, project_rules=False).diagnostics:
        is_answered = blocks and each.code in ANSWERED
        if each.code.startswith(ABOUT_THE_PROJECT) and not is_answered:
            found.setdefault(each.code, []).append(each)
    return [_line(first, len(others)) for first, *others in found.values()]


def _line(first: Diagnostic, others: int) -> str:
    more = f" ({others} more)" if others else ""
    return f"{first.code}{more}: {first.location}: {first.message}; write {first.suggestion}"
