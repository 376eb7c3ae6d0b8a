"""The codes of all rules, read from codes.toml on first use."""

import tomllib
from collections.abc import Iterable
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


@cache
def codes() -> dict[str, Code]:
    """Return every code, in order."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {code: Code(**entry) for code, entry in data.items()}


def similar_code(code: str, known: Iterable[str]) -> str:
    """Return the known code that is probably meant by a misspelled one, or ""."""
    return next(iter(get_close_matches(code.upper(), known, n=1, cutoff=ALIKE)), "")
