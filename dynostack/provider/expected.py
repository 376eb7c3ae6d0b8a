"""The expected shape of a response, declared as data and checked when the response arrives.

The description of a problem contains only declared fields and positions, because values, and the
names in a mapping, may be secrets.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 2**53
"""The largest exact integer: the engine's numbers are floating-point numbers."""


class Expected(ABC):
    """The shape that a JSON value must have."""

    @abstractmethod
    def problem(self, value: Any, place: str = "") -> str | None:
        """Return what is wrong with a value; None if it is as expected."""


@dataclass(frozen=True)
class _Scalar(Expected):
    name: str
    matches: Callable[[Any], bool]

    def problem(self, value: Any, place: str = "") -> str | None:
        return None if self.matches(value) else _not(place, self.name)


@dataclass(frozen=True)
class _Optional(Expected):
    of: Expected

    def problem(self, value: Any, place: str = "") -> str | None:
        return None if value is None else self.of.problem(value, place)


@dataclass(frozen=True)
class _Record(Expected):
    fields: tuple[tuple[str, Expected], ...]

    def problem(self, value: Any, place: str = "") -> str | None:
        if not isinstance(value, dict):
            names = ", ".join(name for name, _ in self.fields)
            return _not(place, f"an object with {names}")
        prefix = f"{place}." if place else ""
        problems = (each.problem(value.get(name), prefix + name) for name, each in self.fields)
        return next(filter(None, problems), None)


@dataclass(frozen=True)
class _Each(Expected):
    of: Expected

    def problem(self, value: Any, place: str = "") -> str | None:
        if not isinstance(value, list):
            return _not(place, "a list")
        problems = (self.of.problem(each, f"{place}[{at}]") for at, each in enumerate(value))
        return next(filter(None, problems), None)


@dataclass(frozen=True)
class _Mapping(Expected):
    of: Expected
    names: frozenset[str]

    def problem(self, value: Any, place: str = "") -> str | None:
        if not isinstance(value, dict):
            return _not(place, "a mapping")
        if not self.names <= value.keys():
            return f"{place or 'it'} lacks a name that the request contains"
        one = f"a value of {place or 'it'}"
        problems = (self.of.problem(each, one) for each in value.values())
        return next(filter(None, problems), None)


def one_of(*values: str) -> Expected:
    """Return the shape of a string that is one of these."""
    return _Scalar(f"one of {', '.join(values)}", lambda value: value in values)


def optional(of: Expected) -> Expected:
    """Return the shape of a value that may be null or missing."""
    return _Optional(of)


def record(**fields: Expected) -> Expected:
    """Return the shape of an object with at least these fields."""
    return _Record(tuple(fields.items()))


def each(of: Expected) -> Expected:
    """Return the shape of a list."""
    return _Each(of)


def mapping(of: Expected, *names: str) -> Expected:
    """Return the shape of a mapping with any names that include these."""
    return _Mapping(of, frozenset(names))


def _not(place: str, name: str) -> str:
    return f"{place or 'it'} is not {name}"


def _is_text(value: Any) -> bool:
    # JSON can contain half of a surrogate pair, which UTF-8 cannot encode.
    return isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value)


def _is_whole_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MOST


def _is_address(value: Any) -> bool:
    try:
        parts = urlsplit(value if _is_text(value) else "")
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


TEXT = _Scalar("a string", _is_text)
FLAG = _Scalar("true or false", lambda value: isinstance(value, bool))
NUMBER = _Scalar("a whole number", _is_whole_number)
ADDRESS = _Scalar("a web address", _is_address)
