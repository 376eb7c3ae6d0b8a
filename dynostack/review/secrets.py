"""What no text may show, whoever writes it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dynostack.environment.source.validation_messages import HIDDEN
from dynostack.review.source_locations import SourceLocations

SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSPHRASE")
"""What the name of a variable with a secret ends with."""


def secrets(directory: Path, stack: str) -> list[str]:
    """The secrets of this shell, and what the stack's file may have of them."""
    of_shell = [value for name, value in os.environ.items() if name.endswith(SECRET_NAMES)]
    return [*of_shell, *_texts(SourceLocations.of(directory, stack).sections, hidden=False)]


def _texts(value: object, hidden: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, hidden or key in HIDDEN)
    elif isinstance(value, str) and hidden:
        yield value
