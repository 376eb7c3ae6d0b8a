"""Filters the output of `pulumi up`.

It leaves out the consequences of the first error, and messages that the program prints during the
update, because the diagnostics at the end repeat them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_FOLLOWS = re.compile(r"expected resource operations for \S+ but none were seen|: update failed$")
"""The engine's message for each resource that it skipped because of an error.
https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/resource/deploy/deployment_executor.go"""
_HEADING = re.compile(r"  [a-z][\w:/.-]+ \(.*\):\s*$")
"""The heading of a resource's messages at the end of the output."""

_OF_STACK = re.compile(r".{4}pulumi:pulumi:Stack \S+( \w+ \([\d.]+s\))?")
"""Matches the start of a line about the stack itself; a message of the program may follow."""


def folded(lines: Iterable[str]) -> Iterator[str]:
    """Yield the useful lines, then the number of resources that the engine skipped."""
    consequences: set[str] = set()
    heading = ""
    for line in lines:
        if not _is_progress(line):
            continue
        if match := _FOLLOWS.search(line):
            consequences.add(match[0])
        elif match := _OF_STACK.match(line):
            if match[1]:
                yield f"{match[0]}\n"
        elif _HEADING.fullmatch(line.rstrip("\n")):
            heading = line
        else:
            if heading:
                yield heading
            heading = ""
            yield line
    operations = [each for each in consequences if each.startswith("expected")]
    if operations:
        yield f"resources skipped because of the error: {len(operations)}"


def _is_progress(line: str) -> bool:
    """Return whether a line is about more than a refresh."""
    return bool(line.strip()) and not line.startswith("@") and " refresh" not in line
