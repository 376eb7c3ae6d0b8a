"""The data files of the catalogue: every figure is listed under its source.

A file is a list of `[[source]]`: the title, the url, the day it was looked up, and tables of its
figures: `[source.<kind>]` with a row per name, such as `standard-0 = { connections = 120 }`.  The
rows of one name are merged over all sources; a figure without a source is absent.
"""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parent
FOLDER = Path(os.environ.get("DYNOSTACK_CATALOGUE") or LIBRARY)
"""The folder of the data files: dynostack's, or a team's own folder with newer files."""

TOPICS = (
    "postgres",
    "memcached",
    "key-value",
    "addons",
    "dynos",
    "stacks",
    "regions",
    "features",
    "limits",
)

Row = Mapping[str, Any]
"""Figure -> value."""
Table = Mapping[str, Row]
"""Name -> its row, in the order of the file."""


@cache
def table(topic: str, kind: str) -> Table:
    """Return the rows of one kind, merged over all sources of a topic."""
    known: dict[str, dict[str, Any]] = {}
    for source in blocks(topic):
        for row, figures in source.get(kind, {}).items():
            known.setdefault(row, {}).update(figures)
    return known


@cache
def blocks(topic: str) -> list[dict[str, Any]]:
    """Return the sources of a topic with their tables, as the file has them."""
    file = FOLDER / f"{topic}.toml"
    text = (file if file.is_file() else LIBRARY / file.name).read_text(encoding="utf-8")
    sources: list[dict[str, Any]] = tomllib.loads(text)["source"]
    return sources
