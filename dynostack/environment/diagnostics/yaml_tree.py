"""The values of a YAML file, each with its place."""

from dataclasses import dataclass, field
from typing import NamedTuple

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.finding import Finding, Path

NO_KEY = "?"
"""Path element for values without a usable key; they are not in the tree, but have a span."""


class SourceSpan(NamedTuple):
    """The places of a key and its value, and the kind and text of the value."""

    key: Position | None
    value: Position
    kind: str
    text: str
    """The value as text; the ciphertext of an encrypted one; empty for lists and mappings."""
    until: tuple[int, int]
    """Line and column, counted from 1, of the first character after the value."""


@dataclass
class Tree:
    """Values, the span of each path, and findings about unsupported YAML."""

    root: object = None
    spans: dict[Path, SourceSpan] = field(default_factory=dict)
    oddities: list[Finding] = field(default_factory=list)
    """Findings about YAML features that dynostack does not support, each with its place."""
