"""The data files of the catalogue: every figure stands below the source that gives it.

A file is a list of `[[source]]`: title, url, the day it was looked up, and then tables of what it
says: `[source.<kind>]` with a row per name, such as `standard-0 = { connections = 120 }`.  The rows
of one name from several sources together are what is known of it; what no source gives is absent.
"""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parent
FOLDER = Path(os.environ.get("DYNOSTACK_CATALOGUE") or LIBRARY)
"""Where the data files are: those of dynostack, or a folder with newer ones of a team's own."""

TOPICS = ("postgres", "memcached", "key-value", "addons", "dynos", "stacks", "regions", "limits")

Row = Mapping[str, Any]
"""Figure -> value."""
Table = Mapping[str, Row]
"""Name -> what is known of it, in the order of the file."""


@cache
def table(topic: str, kind: str) -> Table:
    """What all sources of a topic say about one kind of thing."""
    known: dict[str, dict[str, Any]] = {}
    for source in blocks(topic):
        for row, figures in source.get(kind, {}).items():
            known.setdefault(row, {}).update(figures)
    return known


@cache
def blocks(topic: str) -> list[dict[str, Any]]:
    """The sources of a topic with what each says, as the file has them."""
    file = FOLDER / f"{topic}.toml"
    text = (file if file.is_file() else LIBRARY / file.name).read_text(encoding="utf-8")
    sources: list[dict[str, Any]] = tomllib.loads(text)["source"]
    return sources
