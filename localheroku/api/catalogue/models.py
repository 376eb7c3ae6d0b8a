"""Regions, stacks and dyno sizes."""

from __future__ import annotations

from collections.abc import Sequence

from localheroku.api.catalogue.errors import (
    DynoSizeNotFoundError,
    RegionNotFoundError,
    StackNotFoundError,
)
from localheroku.core import catalogue
from localheroku.core.catalogue import EPOCH, CatalogueEntry
from localheroku.core.errors import NotFoundError
from localheroku.core.state import Document, State


def find_region(state: State, identity: str) -> CatalogueEntry:
    return _find(state.catalogue.regions, identity, RegionNotFoundError)


def find_stack(state: State, identity: str) -> CatalogueEntry:
    return _find(state.catalogue.stacks, identity, StackNotFoundError)


def find_dyno_size(state: State, identity: str) -> CatalogueEntry:
    return _find(state.catalogue.dyno_sizes, identity, DynoSizeNotFoundError)


def _find(
    items: Sequence[CatalogueEntry], identity: str, missing: type[NotFoundError]
) -> CatalogueEntry:
    item = catalogue.find(items, identity)
    if item is None:
        raise missing
    return item


def region_document(region: CatalogueEntry) -> Document:
    row = region.row
    return {
        "id": region.id,
        "name": region.name,
        "country": row["country"],
        "description": row["description"],
        "locale": row["locale"],
        "private_capable": row["private_capable"],
        "provider": {"name": "amazon-web-services", "region": row["provider"]},
        "created_at": EPOCH,
        "updated_at": EPOCH,
    }


def stack_document(stack: CatalogueEntry) -> Document:
    return {
        "id": stack.id,
        "name": stack.name,
        "default": stack.row["default"],
        "state": stack.row["state"],
        "created_at": EPOCH,
        "updated_at": EPOCH,
    }


def dyno_size_document(size: CatalogueEntry) -> Document:
    """Return the dyno size as the API shows it: `memory` in GB, `cost` in cents a month."""
    row = size.row
    return {
        "id": size.id,
        "name": size.name,
        "compute": 0,
        "cost": {"cents": row["cents"], "unit": "month"},
        "dedicated": row.get("dedicated", False),
        "dyno_units": 0,
        "memory": row["memory"],
        "private_space_only": False,
    }
