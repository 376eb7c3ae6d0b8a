"""User records."""

from __future__ import annotations

from dataclasses import dataclass, field

from localheroku.core.record import Record


@dataclass(frozen=True, kw_only=True)
class User(Record):
    """A person with an account."""

    email: str
    name: str | None = None
    allow_tracking: bool = True
    beta: bool = False
    features: list[str] = field(default_factory=list)
