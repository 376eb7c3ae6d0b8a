"""Add-on services and their plans: the catalogue's figures, and what the local Heroku adds.

A plan that the catalogue lacks works like the nearest one that it has, and a service that it lacks
is a record without config vars: Heroku may have both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from heroku_catalogue.tables import TOPICS, Row, table
from localheroku.core.catalogue.data_files import identifier, rows_by_name

POSTGRES = "heroku-postgresql"
PLACEHOLDER = "{token}"
NOWHERE = "https://{name}:{token}@{service}.invalid"
"""The value of a config var that has an address, if the service is only a record."""


@dataclass(frozen=True)
class Plan:
    """A plan of an add-on service; `slug` is its name without the service's."""

    service: str
    slug: str
    cents: int | None = None
    connection_limit: int | None = None
    megabytes: int | None = None
    private: bool = False
    retired: str | None = None

    @property
    def name(self) -> str:
        return f"{self.service}:{self.slug}"

    @property
    def human_name(self) -> str:
        return self.slug.replace("-", " ").title()

    @property
    def tier(self) -> str:
        """The part of the slug before the size: `standard` of `standard-0`."""
        return self.slug.partition("-")[0]

    @property
    def id(self) -> str:
        return identifier("plan", self.name)


class Plans(dict[str, Plan]):
    """The plans of a service by slug; it iterates only over those of the catalogue."""

    def __init__(self, service: str, plans: Sequence[Plan]) -> None:
        super().__init__((plan.slug, plan) for plan in plans)
        self._service = service

    def __missing__(self, slug: str) -> Plan:
        """Return a plan that the catalogue lacks, with the limits of the nearest one."""
        offered = [plan for plan in self.values() if not plan.retired and not plan.private]
        limited = [plan for plan in offered if plan.megabytes] or offered
        nearest = min(limited, key=lambda plan: _distance(slug, plan.slug), default=None)
        if nearest is None:
            return Plan(self._service, slug)
        return replace(nearest, slug=slug, cents=None)


def _distance(slug: str, other: str) -> tuple[bool, int, float]:
    """Return how far apart two plans are: by their words, then by their numbers."""
    (words, number), (other_words, other_number) = map(_numbered, (slug, other))
    unlike = 1 - SequenceMatcher(None, slug, other).ratio()
    return words != other_words, abs(number - other_number) if words == other_words else 0, unlike


def _numbered(slug: str) -> tuple[str, int]:
    digits = re.search(r"[0-9]{0,9}$", slug)
    number = digits[0] if digits else ""
    return slug.removesuffix(number), int(number or 0)


@dataclass(frozen=True)
class ConfigRule:
    """The values that one key of an add-on's `config` can have.

    A new add-on can have the `old` values only if a setting of the local Heroku allows them.
    """

    values: Sequence[str]
    message: str
    default: str | None = None
    old: Sequence[str] = ()

    def known(self, value: str) -> str:
        """Return the newest version instead of one that is newer than the catalogue."""
        newest = max(filter(str.isdecimal, self.values), key=int, default="")
        is_newer = (
            bool(newest) and value.isdecimal() and len(value) < 4 and int(value) > int(newest)
        )
        return newest if is_newer else value


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
    plans: Plans = field(repr=False)

    @property
    def id(self) -> str:
        return identifier("addon-service", self.name)

    def closed_tier(self, old: Plan, new: Plan) -> str | None:
        """Return the tier that prevents an in-place change between two plans, or None."""
        if old.tier == new.tier:
            return None
        return next((tier for tier in (old.tier, new.tier) if tier in self.closed_tiers), None)


class Services(dict[str, AddonService]):
    """The services by name; it iterates only over those of the catalogue."""

    def __init__(self) -> None:
        super().__init__((name, service(name, row)) for name, row in _known().items())

    def __missing__(self, name: str) -> AddonService:
        """Return a service that the catalogue lacks: a record without config vars."""
        return service(name, {"title": name, "topic": "addons"})


def _known() -> dict[str, dict[str, Any]]:
    return {
        name: {**row, "topic": topic}
        for topic in TOPICS
        for name, row in table(topic, "service").items()
    }


def service(name: str, row: Row) -> AddonService:
    """Return a service.

    Args:
        name: the service's name.
        row: its figures in the catalogue, and their topic.
    """
    own = rows_by_name("services").get(name, {})
    attachment = own.get("attachment", name.upper().replace("-", "_"))
    plans = Plans(name, [*_offered(name, row["topic"]), *_retired(name, row["topic"])])
    rules = {key: ConfigRule(**rule) for key, rule in own.get("config", {}).items()}
    return AddonService(
        name=name,
        human_name=row["title"],
        attachment=attachment,
        primary_attachment=own.get("primary_attachment", attachment),
        name_stem=own.get("name_stem", name),
        default_plan=own.get("default_plan") or next(iter(plans), "default"),
        variables=own.get("variables") or _variables(name, attachment, row.get("sets", ())),
        config={"version": _versions(), **rules} if name == POSTGRES else rules,
        closed_tiers=own.get("closed_tiers", ()),
        plans=plans,
    )


def _offered(name: str, topic: str) -> list[Plan]:
    return [
        Plan(
            service=name,
            slug=slug,
            cents=row.get("monthly_cents"),
            connection_limit=row.get("connections"),
            megabytes=row.get("megabytes", row.get("memory_megabytes")),
            private=row.get("private", False),
        )
        for slug, row in table(topic, f"{name}-plan").items()
    ]


def _retired(name: str, topic: str) -> list[Plan]:
    return [
        Plan(
            service=name,
            slug=slug,
            retired=f"The {slug} plan has reached end-of-life on {row['on']}."
            f" Use {row['instead']} instead.",
        )
        for slug, row in table(topic, f"retired-{name}-plan").items()
    ]


def _variables(name: str, attachment: str, config_vars: Sequence[str]) -> dict[str, str]:
    """Return the suffixes of a record's config vars with values that lead nowhere."""
    suffixes = [each.removeprefix(f"{attachment}_") for each in config_vars]
    address = NOWHERE.replace("{service}", name)
    return {
        suffix: address if suffix.endswith(("URL", "DSN")) else PLACEHOLDER for suffix in suffixes
    }


def _versions() -> ConfigRule:
    """Return the versions that a new database can have."""
    known = table("postgres", "version")
    offered = [name for name, row in known.items() if row.get("new", True)]
    return ConfigRule(
        values=offered,
        default=next(name for name, row in known.items() if row.get("default")),
        old=sorted({*known, *table("postgres", "retired-version")} - set(offered), key=int),
        message="Unsupported version: {value}. We support the following versions: {known}",
    )
