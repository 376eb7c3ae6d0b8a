"""The major versions of PostgreSQL that the local Heroku runs, and where each keeps its files."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DEFAULT = "18"
"""The version of a new database whose add-on requests none."""

FIRST = "18"
"""The version of all databases from before there were several; its files stay where they were."""


@cache
def pins() -> dict[str, Any]:
    """Return the contents of distributions.toml; a comment in it describes them."""
    return tomllib.loads(Path(__file__).with_name("distributions.toml").read_text("utf-8"))


def every() -> tuple[str, ...]:
    """Return all versions, newest last."""
    return tuple(pins()["release"])


def newest() -> str:
    return every()[-1]


def home(folder: Path, version: str) -> Path:
    """Return the folder of a version's server, below the folder of the service."""
    return folder if version == FIRST else folder / version


def homes(folder: Path) -> list[Path]:
    """Return the folders of the servers of all versions, which may not exist."""
    return [home(folder, version) for version in every()]
