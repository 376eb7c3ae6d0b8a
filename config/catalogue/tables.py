"""The data files of the catalogue: every figure stands below the source that gives it.

A file is a list of `[[source]]`: title, url, the day it was looked up, and then tables of what it
says: `[source.<kind>]` with a row per name, such as `standard-0 = { connections = 120 }`.  The rows
of one name from several sources together are what is known of it; what no source gives is absent.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
TOPICS = ("postgres", "memcached", "key-value", "addons", "dynos", "stacks", "regions", "limits")

Row = Mapping[str, Any]
"""Figure -> value."""
Table = Mapping[str, Row]
"""Name -> what is known of it, in the order of the file."""

_ABOUT = frozenset({"title", "url", "looked_up"})


@dataclass(frozen=True)
class Source:
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
    source: Source


@cache
def table(topic: str, kind: str) -> Table:
    """What all sources of a topic say about one kind of thing."""
    known: dict[str, dict[str, Any]] = {}
    for source in _sources(topic):
        for row, figures in source.get(kind, {}).items():
            known.setdefault(row, {}).update(figures)
    return known


def figures(topic: str) -> Iterator[Figure]:
    """Every figure of a topic with its source."""
    for data in _sources(topic):
        source = Source(data["title"], data["url"], data["looked_up"])
        for kind in (key for key in data if key not in _ABOUT):
            for row, values in data[kind].items():
                for name, value in (values or {"": None}).items():
                    yield Figure(topic, kind, row, name, value, source)


@cache
def _sources(topic: str) -> list[dict[str, Any]]:
    text = (FOLDER / f"{topic}.toml").read_text(encoding="utf-8")
    sources: list[dict[str, Any]] = tomllib.loads(text)["source"]
    return sources
