"""Who says what of the catalogue; apart from the tables, as few programs ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from dynostack.environment.catalogue.tables import blocks

_ABOUT = frozenset({"title", "url", "looked_up"})


@dataclass(frozen=True)
class FigureSource:
    """Who says so, where, and when it was read."""

    title: str
    url: str
    looked_up: date


@dataclass(frozen=True)
class Figure:
    """One value of the catalogue; `name` is empty where the row itself is all that is said."""

    topic: str
    kind: str
    row: str
    name: str
    value: Any
    source: FigureSource


def figures(topic: str) -> Iterator[Figure]:
    """Every figure of a topic with its source."""
    for data in blocks(topic):
        source = FigureSource(data["title"], data["url"], data["looked_up"])
        for kind in (key for key in data if key not in _ABOUT):
            for row, values in data[kind].items():
                for name, value in (values or {"": None}).items():
                    yield Figure(topic, kind, row, name, value, source)
