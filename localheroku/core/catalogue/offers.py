"""Regions, stacks and dyno sizes: the catalogue's figures, and what the local Heroku adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from heroku_catalogue.tables import Row, table
from localheroku.core.catalogue.data_files import rows_by_name

FIR = "fir"
"""The generation of apps that the local Heroku does not run."""


def regions() -> Iterator[dict[str, Any]]:
    own = rows_by_name("regions")
    for name, row in table("regions", "region").items():
        described = {"description": name, "locale": name, "country": name, "provider": name}
        yield {"name": name, **described, **own.get(name, {}), "private_capable": row["private"]}


def stacks() -> Iterator[dict[str, Any]]:
    for name, row in _of_cedar("stacks", "stack"):
        state = "deprecated" if "deprecated" in row else "public"
        yield {"name": name, "state": state, "default": row.get("default", False)}


def dyno_sizes() -> Iterator[dict[str, Any]]:
    """Yield the sizes outside Private Spaces, with memory in GB and cents a month."""
    own = rows_by_name("dyno_sizes")
    for _, row in _of_cedar("dynos", "size"):
        if row.get("private"):
            continue
        name = row["answered_as"]
        yield {
            "name": name,
            "cores": 8,
            **own.get(name, {}),
            "memory": row["memory_megabytes"] / 1024,
            "cents": row.get("monthly_cents", 0),
            **{key: row[key] for key in ("most_per_process",) if key in row},
        }


def _of_cedar(topic: str, kind: str) -> Iterator[tuple[str, Row]]:
    rows = table(topic, kind).items()
    return ((name, row) for name, row in rows if row.get("generation") != FIR)
