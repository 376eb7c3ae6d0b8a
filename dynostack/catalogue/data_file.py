"""A data file of the catalogue as text: rows are changed in place, everything else is kept.

The format is that of `heroku_catalogue.tables`, with one row per line.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from heroku_catalogue.sources import FigureSource
from localheroku.core.atomic_files import rewrite

Values = dict[str, Any]

_BLOCK = "[[source]]"
_ROW = re.compile(r"([\w-]+|\"[^\"]+\") = \{.*\}")
_BARE_KEY = re.compile(r"[\w-]+")
_HEAD = re.compile(r"\[source\.([\w-]+)\]")


@dataclass(frozen=True)
class _Spot:
    """A line with a row: the number of its source (from 0), its kind and its name."""

    line: int
    source: int
    kind: str
    name: str


class DataFile:
    """One file of the catalogue."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = path.read_text(encoding="utf-8").splitlines()

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The sources with their figures, as TOML tables."""
        found: list[dict[str, Any]] = tomllib.loads("\n".join(self.lines))["source"]
        return found

    def known(self, kind: str) -> dict[str, Values]:
        """Return, for each name of a kind, the figures of all sources."""
        rows: dict[str, Values] = {}
        for source in self.sources:
            for name, values in source.get(kind, {}).items():
                rows.setdefault(name, {}).update(values)
        return rows

    def retired(self) -> set[str]:
        """Return the names that are marked as retired."""
        kinds = ((kind, rows) for source in self.sources for kind, rows in source.items())
        return {name for kind, rows in kinds if kind.startswith("retired-") for name in rows}

    def cite(self, kind: str, rows: dict[str, Values], source: FigureSource) -> None:
        """Write figures under a source with its new date, and remove them from other sources."""
        for name, values in rows.items():
            for figure in values:
                self._forget(kind, name, figure)
        number = self._block(source)
        for name, values in rows.items():
            self._put(number, kind, name, values)

    def write(self) -> None:
        """Replace the file atomically: a reader sees either the old or the new text."""
        rewrite(self.path, "\n".join(self.lines) + "\n")

    def _spots(self) -> list[_Spot]:
        spots, number, kind = [], -1, ""
        for line, text in enumerate(self.lines):
            if text == _BLOCK:
                number, kind = number + 1, ""
            elif head := _HEAD.fullmatch(text):
                kind = head[1]
            elif kind and (row := _ROW.fullmatch(text)):
                spots.append(_Spot(line, number, kind, row[1].strip('"')))
        return spots

    def _forget(self, kind: str, name: str, figure: str) -> None:
        """Remove a figure from its rows, and rows without figures, except the first one.

        The first row of a name determines its place among the others.
        """
        spots = [spot for spot in self._spots() if (spot.kind, spot.name) == (kind, name)]
        for spot in reversed(spots):
            values = self._values(spot)
            if figure not in values:
                continue
            del values[figure]
            if values or spot == spots[0]:
                self.lines[spot.line] = _row(name, values)
            else:
                del self.lines[spot.line]

    def _values(self, spot: _Spot) -> Values:
        values: Values = tomllib.loads(self.lines[spot.line])[spot.name]
        return values

    def _block(self, source: FigureSource) -> int:
        """Return the number of the source's block, appending a block if there is none."""
        looked_up = f"looked_up = {source.looked_up.isoformat()}"
        for number, data in enumerate(self.sources):
            if data["url"] == source.url:
                first, last = self._bounds(number)
                at = next(i for i in range(first, last) if self.lines[i].startswith("looked_up ="))
                self.lines[at] = looked_up
                return number
        title = f"title = {json.dumps(source.title)}"
        self.lines += ["", _BLOCK, title, f"url = {json.dumps(source.url)}", looked_up]
        return len(self.sources) - 1

    def _bounds(self, number: int) -> tuple[int, int]:
        """Return a block's first line and the line after its last non-empty one."""
        starts = [i for i, line in enumerate(self.lines) if line == _BLOCK]
        end = starts[number + 1] if number + 1 < len(starts) else len(self.lines)
        while not self.lines[end - 1]:
            end -= 1
        return starts[number], end

    def _put(self, number: int, kind: str, name: str, values: Values) -> None:
        """Write a row into a block: update the row with this name, or add one after the last."""
        rows = [spot for spot in self._spots() if (spot.source, spot.kind) == (number, kind)]
        same = next((spot for spot in rows if spot.name == name), None)
        if same:
            self.lines[same.line] = _row(name, self._values(same) | values)
            return
        at = rows[-1].line + 1 if rows else self._below_head(number, kind)
        self.lines.insert(at, _row(name, values))

    def _below_head(self, number: int, kind: str) -> int:
        """Return the line below the head of a table without rows, adding the head if missing."""
        first, end = self._bounds(number)
        head = f"[source.{kind}]"
        if head not in self.lines[first:end]:
            self.lines[end:end] = ["", head]
            return end + 2
        return self.lines.index(head, first) + 1


def _row(name: str, values: Values) -> str:
    key = name if _BARE_KEY.fullmatch(name) else f'"{name}"'
    if not values:
        return f"{key} = {{}}"
    figures = ", ".join(f"{figure} = {_value(value)}" for figure, value in values.items())
    return f"{key} = {{ {figures} }}"


def _value(value: Any) -> str:
    """Return a value as TOML, which equals JSON for strings, numbers and lists of strings."""
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
