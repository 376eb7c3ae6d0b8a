"""The codes of all rules, read from codes.toml on first use."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dynostack.environment.diagnostics.diagnostic import Severity

ALIKE = 0.85
"""Minimum similarity of a misspelled code and the intended one, from 0 to 1."""


class Code(NamedTuple):
    """One rule as `dynostack explain` describes it."""

    title: str
    why: str
    """The reason for the rule: one or more sentences."""
    source: str
    """Where the rule comes from: an address, or "dynostack" for one of dynostack's own rules."""
    severity: Severity = "error"
    required: bool = False
    """Whether a project cannot switch the rule off: without it, nothing works."""


class Codes(Mapping[str, Code]):
    """The codes in the text of a TOML file, each read when it is needed.

    A check reports a few of them, and to parse all takes longer than to check a file.
    """

    def __init__(self, text: str) -> None:
        _, *parts = _HEAD.split(text)
        self._texts = dict(zip(parts[::2], parts[1::2], strict=True))
        self._read: dict[str, Code] = {}

    def __getitem__(self, code: str) -> Code:
        if code not in self._read:
            self._read[code] = Code(**tomllib.loads(self._texts[code]))
        return self._read[code]

    def __contains__(self, code: object) -> bool:
        return code in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


_HEAD = re.compile(r"^\[(\w+)\]$", re.MULTILINE)
"""The head of a table, with the code."""


@cache
def codes() -> Codes:
    """Return every code, in order."""
    return Codes(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def similar_code(code: str, known: Iterable[str]) -> str:
    """Return the known code that is probably meant by a misspelled one, or ""."""
    return next(iter(get_close_matches(code.upper(), known, n=1, cutoff=ALIKE)), "")
