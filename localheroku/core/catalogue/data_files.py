"""The data files beside this module: what the local Heroku adds to the catalogue."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

_NAMESPACE = uuid5(NAMESPACE_DNS, "catalogue.dynostack")


@cache
def identifier(kind: str, name: str) -> str:
    return str(uuid5(_NAMESPACE, f"{kind}/{name}"))


def rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of one data file."""
    parsed: list[dict[str, Any]] = json.loads(Path(__file__).with_name(f"{name}.json").read_text())
    return parsed


def rows_by_name(name: str) -> dict[str, dict[str, Any]]:
    """Return the rows of one data file by their names."""
    return {row["name"]: row for row in rows(name)}
