"""Types of plain YAML values as Pulumi reads them.

Pulumi reads YAML with go-yaml, whose rules differ from PyYAML's: `yes`, `on` and `12:30` are text;
`0o17` and `4e08` are numbers.  https://github.com/go-yaml/yaml/blob/v3.0.1/resolve.go
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

_CORE = "tag:yaml.org,2002:"
_DIGITS = "0123456789"
_SIGNED = f"-+{_DIGITS}"
_DATE = r"[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])"
_TIME = r"[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?"
_EXPONENT = r"(?:[eE][-+]?[0-9][0-9_]*)?"
_NOT_FINITE = r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_RULES = {
    "null": (r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
    "bool": (r"(?:true|True|TRUE|false|False|FALSE)", [*"tTfF"]),
    "merge": (r"<<", ["<"]),
    "timestamp": (
        rf"{_DATE}(?:[Tt]{_TIME}(?:Z|[-+][0-9][0-9]:[0-9][0-9])| {_TIME})?",
        [*_DIGITS],
    ),
    "int": (
        r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*)",
        [*_SIGNED],
    ),
    "float": (
        rf"(?:[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9]+){_EXPONENT}|{_NOT_FINITE})",
        [*_SIGNED, "."],
    ),
}
"""Type -> the form of its plain values, and the characters with which they begin."""

_EXACT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
"""An integer that Pulumi writes back as it is."""


class PulumiResolver(yaml.resolver.BaseResolver):
    """The types that Pulumi gives to plain values."""


for _name, (_form, _first) in _RULES.items():
    PulumiResolver.add_implicit_resolver(f"{_CORE}{_name}", re.compile(rf"{_form}\Z"), [*_first])
_RESOLVER: Any = PulumiResolver()


@dataclass(frozen=True)
class NotRepresentable:
    """A value that no key accepts, such as an empty one or a number that Pulumi would rewrite."""

    kind: str


EMPTY, NUMBER, DATE = map(NotRepresentable, ("empty", "number", "date"))


@lru_cache(maxsize=1000)
def scalar(text: str, *, is_plain: bool) -> tuple[str, object]:
    """Return the kind of a scalar's value, and the value.

    Args:
        text: the scalar's text.
        is_plain: whether it has neither a tag nor quotes.
    """
    if not is_plain:
        return "text", text
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)).removeprefix(_CORE)
    match tag:
        case "null":
            return "empty", EMPTY
        case "bool":
            return "boolean", text.lower() == "true"
        case "int":
            return "number", int(text) if _EXACT.fullmatch(text) else NUMBER
        case "float":
            return "number", NUMBER
        case "timestamp":
            return "date", DATE
    return "text", text
