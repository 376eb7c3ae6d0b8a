"""Pages of a list, by the `Range` header.

https://devcenter.heroku.com/articles/platform-api-reference#ranges
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localheroku.core.errors import RangeFormError, RangeOrderError

DEFAULT_SIZE = 200
LIST_ORDER = "seq"
"""The order of the items in the list itself, for lists whose items have no field for it."""
LARGEST_SIZE = 1000

FORM = re.compile(
    r"(?P<field>[a-z_]+)"
    r"(?: (?P<after>\]?)(?P<first>[^;]*?)(?:,(?P<id>[^;]*?))?\.\.(?P<last>[^;]*))?"
    r"(?:; ?(?P<options>[^;]*);?)?"
)

Key = tuple[Any, int]
"""The value that a list is sorted by, and the item's place in the list to break ties."""


@dataclass(frozen=True)
class Range:
    """The requested part of a list: values at `path` from `first` to `last`, `size` items.

    Among the items with the first value, it starts at the one with the id `identity`.
    """

    path: str
    first: str = ""
    identity: str = ""
    exclusive: bool = False
    last: str = ""
    size: int = DEFAULT_SIZE
    descending: bool = False


@dataclass(frozen=True)
class Page:
    items: list[dict[str, Any]]
    headers: Mapping[str, str]
    partial: bool


def parse(header: str | None, paths: Sequence[str]) -> Range:
    """Return the range that the header requests; by default, sort by the first of `paths`.

    A path is the name of a field, or leads to it (`user.email`); the header has its last part, or
    another word for it (`created_at as started_at`).

    Raises:
        RangeOrderError: the list cannot be sorted by that field.
        RangeFormError: the header is not a range.
    """
    if header is None:
        return Range(paths[0])
    fields = {_field(path): path for path in paths}
    form = FORM.fullmatch(header.strip())
    if form is None:
        raise RangeFormError(list(fields))
    if form["field"] not in fields:
        raise RangeOrderError(list(fields))
    options = dict(part.strip().partition("=")[::2] for part in _options(form).split(",") if part)
    size = options.get("max", str(DEFAULT_SIZE))
    # Clients that follow `Next-Range` would treat an empty page as the last one.
    has_size = size.isdecimal() and int(size) > 0
    if not has_size or options.get("order", "asc") not in ("asc", "desc"):
        raise RangeFormError(list(fields))
    return Range(
        path=fields[form["field"]],
        first=(form["first"] or "").strip(),
        identity=(form["id"] or "").strip(),
        exclusive=form["after"] == "]",
        last=(form["last"] or "").strip(),
        size=min(int(size), LARGEST_SIZE),
        descending=options.get("order") == "desc",
    )


def page(items: Sequence[dict[str, Any]], requested: Range, paths: Sequence[str]) -> Page:
    """Return the requested part of the list, with the headers that lead to the next one.

    If the next page starts with the value that this one ends with, `Next-Range` also has the last
    item's id: `name ]DATABASE,7f3c..; max=200`.
    """
    field = _field(requested.path)
    keyed = [(_key(item, place, requested.path), item) for place, item in enumerate(items, start=1)]
    keyed.sort(key=lambda pair: pair[0], reverse=requested.descending)
    begin = _start_place(keyed, requested) if requested.identity else 0
    in_range = [pair for pair in keyed if _is_in_range(pair[0], requested, begin)]
    items_on_page, later_items = in_range[: requested.size], in_range[requested.size :]
    headers = {"Accept-Ranges": ", ".join(map(_field, paths))}
    if items_on_page:
        first, last = items_on_page[0][0][0], items_on_page[-1][0][0]
        headers["Content-Range"] = f"{field} {first}..{last}"
        if later_items:
            ends_within_ties = later_items[0][0][0] == last
            after = f"{last},{items_on_page[-1][1].get('id', '')}" if ends_within_ties else last
            order = ",order=desc" if requested.descending else ""
            headers["Next-Range"] = (
                f"{field} ]{after}..{requested.last}; max={requested.size}{order}"
            )
    return Page([item for _, item in items_on_page], headers, bool(later_items))


def _options(form: re.Match[str]) -> str:
    """Return what follows the first semicolon, without the one that the CLI adds at the end."""
    return (form["options"] or "").rstrip("; ")


def _field(path: str) -> str:
    return path.rpartition(" as ")[2].rpartition(".")[2]


def _key(item: dict[str, Any], place: int, path: str) -> Key:
    if path == LIST_ORDER:
        return place, place
    value: Any = item
    for name in path.partition(" as ")[0].split("."):
        value = value[name]
    return value, place


def _start_place(keyed: Sequence[tuple[Key, dict[str, Any]]], requested: Range) -> int:
    """Return the place of the range's first item, or one before all items with its value."""
    gone = len(keyed) + 1 if requested.descending else 0
    return next((key[1] for key, item in keyed if item.get("id") == requested.identity), gone)


def _is_in_range(key: Key, requested: Range, begin: int) -> bool:
    value, place = key
    direction = -1 if requested.descending else 1
    if requested.first:
        side = _compare(value, requested.first)
        if side == 0 and requested.identity:
            side = place - begin
        side *= direction
        if side < 0 or (requested.exclusive and side == 0):
            return False
    return not requested.last or _compare(value, requested.last) * direction <= 0


def _compare(value: Any, bound: str) -> int:
    other: Any = int(bound) if isinstance(value, int) and bound.isdecimal() else bound
    left: Any = value if type(value) is type(other) else str(value)
    return int(left > other) - int(left < other)
