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

from heroku_catalogue.toml_errors import place_of, reason_of

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


class DataFileError(Exception):
    """A data file cannot be read; the message names the place and says what to do."""


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
    """Return the sources of a topic with their tables, as the file has them.

    Raises:
        DataFileError: the file is not valid TOML, or has no sources.
    """
    file = FOLDER / f"{topic}.toml"
    file = file if file.is_file() else LIBRARY / file.name
    text = ""
    try:
        text = file.read_text(encoding="utf-8")
        sources = tomllib.loads(text).get("source")
    except UnicodeDecodeError as error:
        raise _unreadable(file, "1:1", "the file is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line, column = place_of(error, text.split("\n"))
        raise _unreadable(file, f"{line}:{column}", reason_of(error)) from error
    if not isinstance(sources, list) or not all(isinstance(each, dict) for each in sources):
        raise _unreadable(file, "1:1", "the file has no [[source]] tables")
    return sources


def _unreadable(file: Path, place: str, reason: str) -> DataFileError:
    advice = "install dynostack again"
    if file.parent != LIBRARY:
        advice = "correct the file, or unset DYNOSTACK_CATALOGUE"
    why = f"{reason[0].lower()}{reason[1:]}"
    return DataFileError(f"{file}:{place}: cannot read the catalogue: {why}; {advice}")
