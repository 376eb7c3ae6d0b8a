"""The catalogue: add-on services and their plans, regions, stacks, dyno sizes, features.

The rows are data files beside this module. A price is null where no source for it was found. Ids
are derived from names, so they are the same in every local Heroku.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

EPOCH = "2024-01-01T00:00:00Z"
"""When everything in the catalogue was created, according to the API."""

_NAMESPACE = uuid5(NAMESPACE_DNS, "catalogue.dynostack")


@cache
def identifier(kind: str, name: str) -> str:
    return str(uuid5(_NAMESPACE, f"{kind}/{name}"))


def brief(kind: str, name: str) -> dict[str, str]:
    """Return a region or a stack as other resources show it."""
    return {"id": identifier(kind, name), "name": name}


def rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of one data file."""
    parsed: list[dict[str, Any]] = json.loads(Path(__file__).with_name(f"{name}.json").read_text())
    return parsed


@dataclass(frozen=True)
class Plan:
    """A plan of an add-on service; `slug` is its name without the service's."""

    service: str
    slug: str
    human_name: str
    cents: int | None
    connection_limit: int | None
    megabytes: int | None
    private: bool
    retired: str | None

    @property
    def name(self) -> str:
        return f"{self.service}:{self.slug}"

    @property
    def tier(self) -> str:
        """The part of the slug before the size: `standard` of `standard-0`."""
        return self.slug.partition("-")[0]

    @property
    def id(self) -> str:
        return identifier("plan", self.name)


@dataclass(frozen=True)
class ConfigRule:
    """The values that one key of an add-on's `config` can have.

    A new add-on can have the `old` values only if a setting of the local Heroku allows them.
    """

    values: Sequence[str]
    message: str
    default: str | None = None
    old: Sequence[str] = ()


@dataclass(frozen=True)
class AddonService:
    """An add-on service.

    `attachment` is the prefix of its config vars, `primary_attachment` that of an app's first
    add-on; `variables` are their suffixes, with values where the service is a plain record here. An
    add-on cannot change to or from a plan in `closed_tiers`.
    """

    name: str
    human_name: str
    attachment: str
    primary_attachment: str
    name_stem: str
    default_plan: str
    variables: Mapping[str, str]
    config: Mapping[str, ConfigRule]
    closed_tiers: Sequence[str]
    plans: Mapping[str, Plan] = field(repr=False)

    @property
    def id(self) -> str:
        return identifier("addon-service", self.name)

    def closed_tier(self, old: Plan, new: Plan) -> str | None:
        """Return the tier that prevents an in-place change between two plans, or None."""
        if old.tier == new.tier:
            return None
        return next((tier for tier in (old.tier, new.tier) if tier in self.closed_tiers), None)


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
    services: Mapping[str, AddonService]
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


def find(items: Sequence[CatalogueEntry], identity: str) -> CatalogueEntry | None:
    """Return the entry of that id or, in any letter case, of that name."""
    return next(
        (item for item in items if identity == item.id or identity.lower() == item.name.lower()),
        None,
    )


@cache
def load() -> Catalogue:
    return Catalogue(
        services=MappingProxyType({row["name"]: _service(row) for row in rows("services")}),
        regions=[CatalogueEntry("region", row) for row in rows("regions")],
        stacks=[CatalogueEntry("stack", row) for row in rows("stacks")],
        dyno_sizes=[CatalogueEntry("dyno-size", row) for row in rows("dyno_sizes")],
        app_features=_features("app"),
        account_features=_features("account"),
        team_features=_features("team"),
        permissions={row["name"]: row["description"] for row in rows("permissions")},
    )


def _features(scope: str) -> list[CatalogueEntry]:
    return [
        CatalogueEntry(f"{scope}-feature", row) for row in rows("features") if row["scope"] == scope
    ]


def _service(row: Mapping[str, Any]) -> AddonService:
    return AddonService(
        name=row["name"],
        human_name=row["human_name"],
        attachment=row["attachment"],
        primary_attachment=row.get("primary_attachment", row["attachment"]),
        name_stem=row.get("name_stem", row["name"]),
        default_plan=row["default_plan"],
        variables=row["variables"],
        config={key: ConfigRule(**rule) for key, rule in row.get("config", {}).items()},
        closed_tiers=row.get("closed_tiers", ()),
        plans={plan["name"]: _plan(row["name"], plan) for plan in row["plans"]},
    )


def _plan(service: str, row: Mapping[str, Any]) -> Plan:
    return Plan(
        service=service,
        slug=row["name"],
        human_name=row["human_name"],
        cents=row.get("cents"),
        connection_limit=row.get("connection_limit"),
        megabytes=row.get("megabytes"),
        private=row.get("private", False),
        retired=row.get("retired"),
    )
