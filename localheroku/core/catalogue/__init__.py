"""The catalogue: add-on services and their plans, regions, stacks, dyno sizes, features.

The figures come from `heroku_catalogue`, which the checks read as well; the data files beside this
module add what only the local Heroku needs. A price is null where no source for it was found. Ids
are derived from names, so they are the same in every local Heroku.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from localheroku.core.catalogue.data_files import identifier, rows
from localheroku.core.catalogue.offers import dyno_sizes, regions, stacks
from localheroku.core.catalogue.services import AddonService, Plan, Services

__all__ = [
    "EPOCH",
    "AddonService",
    "Catalogue",
    "CatalogueEntry",
    "Plan",
    "brief",
    "find",
    "identifier",
    "load",
    "rows",
]

EPOCH = "2024-01-01T00:00:00Z"
"""When everything in the catalogue was created, according to the API."""

_ORDERED = re.compile(r"(?P<service>[a-z0-9][a-z0-9_-]*):(?P<slug>[a-z0-9][a-z0-9._-]*)")

_SIZE = re.compile(r"[A-Za-z]+(-[A-Za-z0-9]+)+")
_STACK = re.compile(r"heroku-[0-9]{2}")


def brief(kind: str, name: str) -> dict[str, str]:
    """Return a region or a stack as other resources show it."""
    return {"id": identifier(kind, name), "name": name}


@dataclass(frozen=True)
class CatalogueEntry:
    """A row that needs only its name, its id and its own description."""

    kind: str
    row: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.row["name"])

    @property
    def id(self) -> str:
        return identifier(self.kind, self.name)


@dataclass(frozen=True)
class Catalogue:
    services: Services
    regions: Sequence[CatalogueEntry]
    stacks: Sequence[CatalogueEntry]
    dyno_sizes: Sequence[CatalogueEntry]
    app_features: Sequence[CatalogueEntry]
    account_features: Sequence[CatalogueEntry]
    team_features: Sequence[CatalogueEntry]
    permissions: Mapping[str, str]

    def service(self, identity: str) -> AddonService | None:
        """Return the service of that id or name, or None."""
        return next((s for s in self.services.values() if identity in (s.id, s.name)), None)

    def plan(self, identity: str) -> Plan | None:
        """Return the plan of that id or `service:plan`; a service alone means its default plan."""
        service = self.services.get(identity.partition(":")[0])
        if service:
            return service.plans.get(identity.partition(":")[2] or service.default_plan)
        every = (plan for s in self.services.values() for plan in s.plans.values())
        return next((plan for plan in every if plan.id == identity), None)

    def orderable_plan(self, identity: str) -> Plan | None:
        """Return a plan of that id or name, or one that the catalogue lacks but Heroku may have."""
        if known := self.plan(identity):
            return known
        if identity in self.services:
            service = self.services[identity]
            return service.plans[service.default_plan]
        ordered = _ORDERED.fullmatch(identity)
        return self.services[ordered["service"]].plans[ordered["slug"]] if ordered else None

    def orderable_size(self, identity: str) -> CatalogueEntry | None:
        """Return a dyno size of that id or name, or one that the catalogue lacks."""
        if known := find(self.dyno_sizes, identity):
            return known
        if not _SIZE.fullmatch(identity):
            return None
        tier, *rest = identity.split("-")
        return CatalogueEntry(
            "dyno-size", {"name": "-".join([tier.capitalize(), *map(str.upper, rest)])}
        )

    def orderable_stack(self, identity: str) -> CatalogueEntry | None:
        """Return a stack of that id or name, or one that is newer than the catalogue."""
        newest = max(stack.name for stack in self.stacks if _STACK.fullmatch(stack.name))
        if _STACK.fullmatch(identity) and identity > newest:
            return CatalogueEntry("stack", {"name": identity})
        return find(self.stacks, identity)


def find(items: Sequence[CatalogueEntry], identity: str) -> CatalogueEntry | None:
    """Return the entry of that id or, in any letter case, of that name."""
    return next(
        (item for item in items if identity == item.id or identity.lower() == item.name.lower()),
        None,
    )


@cache
def load() -> Catalogue:
    return Catalogue(
        services=Services(),
        regions=[CatalogueEntry("region", row) for row in regions()],
        stacks=[CatalogueEntry("stack", row) for row in stacks()],
        dyno_sizes=[CatalogueEntry("dyno-size", row) for row in dyno_sizes()],
        app_features=_features("app"),
        account_features=_features("account"),
        team_features=_features("team"),
        permissions={row["name"]: row["description"] for row in rows("permissions")},
    )


def _features(scope: str) -> list[CatalogueEntry]:
    return [
        CatalogueEntry(f"{scope}-feature", row) for row in rows("features") if row["scope"] == scope
    ]
