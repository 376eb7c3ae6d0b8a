"""The codes of all rules, read from codes.toml on first use."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dynostack.environment.diagnostics.diagnostic import Severity


@dataclass(frozen=True)
class Code:
    """One rule as `dynostack explain` describes it."""

    title: str
    why: str
    """The reason for the rule: one or more sentences."""
    source: str
    """Where the rule comes from: an address, or "dynostack" for one of dynostack's own rules."""
    severity: Severity = "error"


@cache
def codes() -> dict[str, Code]:
    """Return every code, in order."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {code: Code(**entry) for code, entry in data.items()}
