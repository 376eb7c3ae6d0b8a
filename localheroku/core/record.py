"""What every stored record has: an id, a parent, two times and the name of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record that the API stores; it is removed with its parent, which is an id or None.

    Fields hold only JSON values, and no caller changes them: the store returns the same object to
    every caller until another one replaces it.
    """

    stored_as: ClassVar[str]
    """The name of the kind in the store: the class name, unless an earlier version used another."""

    id: str
    parent: str | None = None
    created_at: str
    updated_at: str

    def __init_subclass__(cls, stored_as: str | None = None) -> None:
        super().__init_subclass__()
        cls.stored_as = stored_as or cls.__name__
