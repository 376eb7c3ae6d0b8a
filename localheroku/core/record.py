"""What every stored record has: an id, a parent and two times."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Record:
    """Anything the API stores; it is removed together with its parent, which is an id or None.

    Fields hold only JSON values, and no caller changes them: the store returns the same object to
    every caller until another one replaces it.
    """

    id: str
    parent: str | None = None
    created_at: str
    updated_at: str
