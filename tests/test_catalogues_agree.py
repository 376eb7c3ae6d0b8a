"""Tests that the catalogue of environments and the local Heroku's agree where both have a figure.

The local Heroku may not import the other catalogue and has its own.
"""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from dynostack.environment import catalogue
from dynostack.environment.catalogue.tables import table
from dynostack.environment.django import python
from localheroku.addons.postgres import versions
from localheroku.core.catalogue import AddonService, CatalogueEntry, load
from localheroku.dynos import python_version
from tests.review.steps import database, reviewed

LOCAL = load()
IMPOSSIBLE = "DR104"
"""The review's rule about changes of plans that Heroku refuses."""
SHARED = [
    (service, LOCAL.services[service.name])
    for service in catalogue.services()
    if service.name in LOCAL.services
]


def test_every_service_is_offered_locally() -> None:
    assert {service.name for service in catalogue.services()} <= set(LOCAL.services)


@pytest.mark.parametrize(("service", "local"), SHARED, ids=lambda each: each.name)
def test_plans_prices_and_limits(service: catalogue.Service, local: AddonService) -> None:
    offered = {slug: plan for slug, plan in local.plans.items() if not plan.retired}
    for slug, row in service.plans.items():
        plan = offered[slug]
        assert (slug, plan.cents) == (slug, row.get("monthly_cents"))
        assert (slug, plan.private) == (slug, row.get("private", False))
        assert plan.connection_limit == row.get("connections", plan.connection_limit)
        size = row.get("megabytes", row.get("memory_megabytes", plan.megabytes))
        assert (slug, plan.megabytes) == (slug, size)


@pytest.mark.parametrize("name", [service.name for service, _ in SHARED if service.plans])
def test_every_plan_that_is_offered_locally_may_be_declared(name: str) -> None:
    offered = {slug for slug, plan in LOCAL.services[name].plans.items() if not plan.retired}
    assert offered == set(catalogue.plans(name))


def test_retired_plans() -> None:
    plans = LOCAL.services[catalogue.POSTGRES_SERVICE].plans.values()
    gone = {plan.slug: plan.retired for plan in plans if plan.retired}
    assert set(gone) == set(catalogue.POSTGRES_PLANS.retired)
    for slug, retirement in catalogue.POSTGRES_PLANS.retired.items():
        assert retirement.on in str(gone[slug])


def test_plan_changes_in_place(tmp_path: Path) -> None:
    """Check that the review reports exactly the changes that the local Heroku refuses."""
    service = LOCAL.services[catalogue.POSTGRES_SERVICE]
    offered = [plan for plan in service.plans.values() if not plan.retired]
    pairs = list(permutations(offered, 2))
    refused = {f"{old.slug} {new.slug}" for old, new in pairs if service.closed_tier(old, new)}
    steps = [database(old.slug, new.slug, f"{old.slug} {new.slug}") for old, new in pairs]
    found = reviewed(*steps, directory=tmp_path).findings
    warned = {one.urn.rpartition("::")[2] for one in found if one.id == IMPOSSIBLE}
    assert warned == refused
    assert 0 < len(refused) < len(pairs)


def test_postgres_versions() -> None:
    rule = LOCAL.services[catalogue.POSTGRES_SERVICE].config["version"]
    rows = table("postgres", "version").items()
    assert tuple(rule.values) == tuple(name for name, row in rows if row.get("new", True))
    still = set(catalogue.POSTGRES_VERSIONS.names) - set(rule.values)
    assert set(rule.old) == {*catalogue.POSTGRES_VERSIONS.retired, *still}
    assert rule.default == catalogue.DEFAULT_POSTGRES_VERSION == versions.DEFAULT
    assert set(versions.every()) == {*rule.old, *rule.values}


def test_stacks() -> None:
    assert {stack.name for stack in LOCAL.stacks} == set(catalogue.STACKS.names)
    assert [each.name for each in LOCAL.stacks if each.row["default"]] == [catalogue.DEFAULT_STACK]


def test_regions() -> None:
    assert _names(LOCAL.regions, private=False) == catalogue.REGIONS.names
    assert _names(LOCAL.regions, private=True) == catalogue.REGIONS.private


def _names(regions: object, private: bool) -> tuple[str, ...]:
    assert isinstance(regions, list)
    return tuple(
        region.name
        for region in regions
        if isinstance(region, CatalogueEntry) and region.row["private_capable"] is private
    )


def test_dyno_sizes() -> None:
    """Check dyno sizes, except those of Private Spaces, which the local Heroku does not have."""
    local = {
        size.name: (size.row["cents"], size.row["memory"] * 1024, size.row.get("most_per_process"))
        for size in LOCAL.dyno_sizes
    }
    assert local == {
        row["answered_as"]: (
            row["monthly_cents"],
            row["memory_megabytes"],
            row.get("most_per_process"),
        )
        for row in table("dynos", "size").values()
        if not row.get("private")
    }


def test_pythons() -> None:
    states = {"public": python.SUPPORTED, "deprecated": python.DEPRECATED}
    written = {name: state for state, names in states.items() for name in names}
    assert written == python_version.OFFERED
    assert python.DEFAULT == python_version.DEFAULT
    assert (python.VERSION_FILE, python.DEPRECATED_FILE, python.MISSPELT) == (
        python_version.FILE,
        python_version.OLD_FILE,
        python_version.MISSPELLED,
    )
