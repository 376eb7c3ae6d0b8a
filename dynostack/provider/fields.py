"""The description of a resource's properties, which check, diff, read and preview use."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dynostack.provider.values import Plain

Rule: TypeAlias = Callable[[Plain], str | None]


class Kind(enum.Enum):
    """The shape of a property; the value is its name in messages."""

    TEXT = "a string"
    FLAG = "true or false"
    NUMBER = "a whole number"
    LIST = "a list of strings"
    SET = "a list of different strings"
    MAP = "a mapping of names to strings"
    BLOCK = "a mapping"
    BLOCKS = "a list of mappings"


@dataclass(frozen=True)
class Field:
    """One property.

    ``given``: the program can set it; otherwise only Heroku does.
    ``computed``: Heroku sets it; if it is also an input, leaving it out changes nothing.
    ``replaces``: a change needs a new resource (ForceNew in the published provider).
    ``named``: the provider generates a name if none is given, as the published provider does.
    ``unreadable``: Heroku never returns it; only the state has it.
    ``follows``: the property that it is derived from; while that one changes, it is unknown.
    """

    kind: Kind = Kind.TEXT
    given: bool = True
    required: bool = False
    computed: bool = False
    replaces: bool = False
    secret: bool = False
    named: bool = False
    unreadable: bool = False
    follows: str = ""
    default: Plain = None
    conflicts: str | None = None
    rule: Rule | None = None
    normal: Callable[[Plain], Plain] | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)


Fields: TypeAlias = Mapping[str, Field]


def told(kind: Kind = Kind.TEXT, *, secret: bool = False, follows: str = "") -> Field:
    """Return the description of a property that only Heroku sets."""
    return Field(kind, given=False, computed=True, secret=secret, follows=follows)
