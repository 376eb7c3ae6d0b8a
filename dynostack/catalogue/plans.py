"""`dynostack plans`: the available plans with their prices and limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any, TextIO

from dynostack.catalogue.errors import CatalogueError
from dynostack.environment import catalogue
from dynostack.environment.catalogue import Service
from heroku_catalogue.sources import FigureSource, figures

SECTIONS = {
    "postgres": (catalogue.POSTGRES_SERVICE,),
    "memcached": catalogue.MEMCACHED_SERVICES.names,
}
"""Section of an environment -> the services that it stands for."""


class UnknownService(CatalogueError):
    """The catalogue does not have the service; the message names those that it has."""


@dataclass(frozen=True)
class Listed:
    """One plan; a price without a source is None."""

    service: str
    plan: str
    monthly_cents: int | None
    limits: Mapping[str, Any]
    sources: Mapping[str, Mapping[str, str]]
    """Figure -> the url of its source, and the date when it was looked_up."""


def chosen(name: str | None) -> list[Service]:
    """Return the services that a name stands for; without a name, all that have plans.

    Raises:
        UnknownService: the catalogue does not have the service.
    """
    known = {service.name: service for service in catalogue.services() if service.plans}
    if name is None:
        return list(known.values())
    names = SECTIONS.get(name, (name,))
    if not set(names) <= set(known):
        words = [*SECTIONS, *known]
        near = get_close_matches(name, words, n=1)
        instead = near[0] if near else f"one of {', '.join(words)}"
        raise UnknownService(f'the catalogue has no service "{name}"; write {instead}')
    return [known[each] for each in names]


def listing(service: Service) -> Iterator[Listed]:
    """Yield every available plan of a service."""
    own = [each for each in figures(service.topic) if each.kind == f"{service.name}-plan"]
    for plan, row in service.plans.items():
        limits = {name: value for name, value in row.items() if name != "monthly_cents"}
        cited = {each.name: _cited(each.source) for each in own if each.row == plan and each.name}
        yield Listed(service.name, plan, row.get("monthly_cents"), limits, cited)


def _cited(source: FigureSource) -> dict[str, str]:
    return {"url": source.url, "looked_up": source.looked_up.isoformat()}


def as_json(services: Sequence[Service]) -> str:
    """Return the plans of services as a JSON document."""
    found = [asdict(plan) for service in services for plan in listing(service)]
    return json.dumps(found, indent=2)


def show(services: Sequence[Service], out: TextIO) -> None:
    """Write a table for each service, in columns that are separated by spaces."""
    for number, service in enumerate(services):
        if number:
            out.write("\n")
        _write_table(service, [_header(service), *_rows(service)], out)
        out.writelines(_retired(service))


def _retired(service: Service) -> Iterator[str]:
    for plan, gone in service.retired.items():
        yield f"{plan} was retired on {gone.on}; write {gone.instead}\n"


COLUMNS = {
    "connections": "connections",
    "megabytes": "storage",
    "memory_megabytes": "memory",
    "vcpus": "vCPU",
    "tables": "tables",
    "high_availability": "standby",
    "rollback_days": "rollback",
    "private": "where",
}
"""Figure -> the heading of its column, in order."""


def _header(service: Service) -> list[str]:
    return ["plan", "a month", *(COLUMNS[figure] for figure in _shown(service))]


def _shown(service: Service) -> list[str]:
    return [name for name in COLUMNS if any(name in row for row in service.plans.values())]


def _rows(service: Service) -> Iterator[list[str]]:
    for plan in listing(service):
        limits = [_word(name, plan.limits.get(name)) for name in _shown(service)]
        yield [plan.plan, money(plan.monthly_cents), *limits]


def money(cents: int | None) -> str:
    """Return a price as text: $50, free, or unknown."""
    if cents is None:
        return "unknown"
    dollars = f"${cents // 100:,}" if cents % 100 == 0 else f"${cents / 100:,.2f}"
    return dollars if cents else "free"


def _word(figure: str, value: Any) -> str:
    if figure == "private":
        return "Private Space" if value else ""
    if value is None:
        return ""
    if figure.endswith("megabytes"):
        return size(value)
    words = {"high_availability": "yes" if value else "no", "rollback_days": f"{value} days"}
    return words.get(figure, f"{value:,}" if isinstance(value, int) else str(value))


def size(megabytes: int) -> str:
    """Return a size as text, such as 25 MB, 15.25 GB or 1.5 TB."""
    for unit, factor in (("TB", 1024 * 1024), ("GB", 1024)):
        if megabytes >= factor:
            return f"{megabytes / factor:g} {unit}"
    return f"{megabytes} MB"


def _write_table(service: Service, table: list[list[str]], out: TextIO) -> None:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    out.write(f"{service.title} ({service.name})\n")
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        out.write("  ".join(cells).rstrip() + "\n")
