"""What a resource's properties are: one entry a property, read by check, diff, read and preview."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dynostack.provider.values import Plain

Rule: TypeAlias = Callable[[Plain], str | None]


class Kind(enum.Enum):
    """The shape of a property; the value is how messages call it."""

    TEXT = "text"
    FLAG = "true or false"
    NUMBER = "a whole number"
    LIST = "a list of texts"
    SET = "a list of different texts"
    MAP = "a mapping of names to texts"
    BLOCK = "a mapping"
    BLOCKS = "a list of mappings"


@dataclass(frozen=True)
class Field:
    """One property.

    ``computed``: Heroku fills it in; when it is also an input, leaving it out changes nothing.
    ``replaces``: a change needs a new resource (ForceNew in the published provider).
    ``named``: Pulumi makes up a name when none is given, as the published provider does.
    ``unreadable``: Heroku never tells it; what the state says is all there is.
    ``follows``: the property that Heroku makes it of; while that one changes, it is unknown.
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
    """A property that only Heroku sets."""
    return Field(kind, given=False, computed=True, secret=secret, follows=follows)
