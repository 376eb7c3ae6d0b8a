"""The codes of all rules: codes.toml, read when the first of them is needed."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dynostack.environment.diagnostics.diagnostic import Severity


@dataclass(frozen=True)
class Code:
    """One rule as docs/rules.md tells it."""

    title: str
    why: str
    """Why it is a rule: one or more sentences."""
    source: str
    """Where the rule comes from: an address, or "dynostack" for a rule of its own."""
    severity: Severity = "error"


@cache
def codes() -> dict[str, Code]:
    """Every code, in order."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {code: Code(**entry) for code, entry in data.items()}
