"""The sources of the catalogue's figures; separate, because few programs need them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from heroku_catalogue.tables import blocks

_ABOUT = frozenset({"title", "url", "looked_up"})


@dataclass(frozen=True)
class FigureSource:
    """The source of a figure: its title, its address and the day it was read."""

    title: str
    url: str
    looked_up: date


@dataclass(frozen=True)
class Figure:
    """One value of the catalogue; `name` is empty if the row has no values."""

    topic: str
    kind: str
    row: str
    name: str
    value: Any
    source: FigureSource


def figures(topic: str) -> Iterator[Figure]:
    """Yield every figure of a topic with its source."""
    for data in blocks(topic):
        source = FigureSource(data["title"], data["url"], data["looked_up"])
        for kind in (key for key in data if key not in _ABOUT):
            for row, values in data[kind].items():
                for name, value in (values or {"": None}).items():
                    yield Figure(topic, kind, row, name, value, source)
