"""Pages of a list, by the `Range` header.

https://devcenter.heroku.com/articles/platform-api-reference#ranges
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dynostack.heroku.errors import RangeFormError, RangeOrderError

PAGE = 200
SEQUENCE = "seq"
"""The order that the items have in the list, for lists whose items do not tell."""
LARGEST_PAGE = 1000

FORM = re.compile(
    r"(?P<field>[a-z_]+)"
    r"(?: (?P<after>\]?)(?P<first>[^;]*?)\.\.(?P<last>[^;]*))?"
    r"(?:; ?(?P<options>[^;]*);?)?"
)


@dataclass(frozen=True)
class Range:
    """What part of a list is asked for: values at `path` from `first` to `last`, `size` items."""

    path: str
    first: str = ""
    exclusive: bool = False
    last: str = ""
    size: int = PAGE
    descending: bool = False


@dataclass(frozen=True)
class Page:
    items: list[dict[str, Any]]
    headers: Mapping[str, str]
    partial: bool


def parse(header: str | None, paths: Sequence[str]) -> Range:
    """The range that the header asks for; the first of `paths` orders a list without one.

    A path is the name of a field, or leads to it (`user.email`); the header has its last part.
    Raises RangeOrderError for a field that this list cannot be ordered by.
    """
    fields = {_field(path): path for path in paths}
    default = _field(paths[0])
    if header is None:
        return Range(paths[0])
    form = FORM.fullmatch(header.strip())
    if form is None:
        raise RangeFormError(field=default)
    if form["field"] not in fields:
        raise RangeOrderError(field=default)
    options = dict(part.strip().partition("=")[::2] for part in _options(form).split(",") if part)
    size = options.get("max", str(PAGE))
    if not size.isdecimal() or options.get("order", "asc") not in ("asc", "desc"):
        raise RangeFormError(field=default)
    return Range(
        path=fields[form["field"]],
        first=(form["first"] or "").strip(),
        exclusive=form["after"] == "]",
        last=(form["last"] or "").strip(),
        size=min(int(size), LARGEST_PAGE),
        descending=options.get("order") == "desc",
    )


def page(items: Sequence[dict[str, Any]], asked: Range, paths: Sequence[str]) -> Page:
    """The asked part of the list, with the headers that tell how to get the next one."""
    field = _field(asked.path)
    keyed = [
        (place if asked.path == SEQUENCE else _value(item, asked.path), item)
        for place, item in enumerate(items, start=1)
    ]
    keyed.sort(key=lambda pair: pair[0], reverse=asked.descending)
    within = [pair for pair in keyed if _within(pair[0], asked)]
    shown = within[: asked.size]
    headers = {"Accept-Ranges": ", ".join(map(_field, paths))}
    partial = len(shown) < len(within)
    if shown:
        first, last = shown[0][0], shown[-1][0]
        headers["Content-Range"] = f"{field} {first}..{last}"
        if partial:
            order = ",order=desc" if asked.descending else ""
            headers["Next-Range"] = f"{field} ]{last}..{asked.last}; max={asked.size}{order}"
    return Page([item for _, item in shown], headers, partial)


def _options(form: re.Match[str]) -> str:
    """What follows the first semicolon; the command line writes another one at the end."""
    return (form["options"] or "").rstrip("; ")


def _field(path: str) -> str:
    return path.rpartition(".")[2]


def _value(item: dict[str, Any], path: str) -> Any:
    value: Any = item
    for name in path.split("."):
        value = value[name]
    return value


def _within(value: Any, asked: Range) -> bool:
    direction = -1 if asked.descending else 1
    if asked.first:
        side = _compare(value, asked.first) * direction
        if side < 0 or (asked.exclusive and side == 0):
            return False
    return not asked.last or _compare(value, asked.last) * direction <= 0


def _compare(value: Any, bound: str) -> int:
    other: Any = int(bound) if isinstance(value, int) and bound.isdecimal() else bound
    left: Any = value if type(value) is type(other) else str(value)
    return int(left > other) - int(left < other)
