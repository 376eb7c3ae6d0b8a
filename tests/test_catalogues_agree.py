"""Tests that the local Heroku has what it needs for everything in the catalogue."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations
from pathlib import Path

from dynostack.environment import catalogue
from dynostack.environment.django import python
from localheroku.addons.postgres import versions
from localheroku.core.catalogue import load
from localheroku.core.catalogue.data_files import rows_by_name
from localheroku.core.catalogue.services import Plan
from localheroku.dynos import python_version
from tests.review.steps import database, reviewed

LOCAL = load()
IMPOSSIBLE = "DR104"
"""The review's rule about changes of plans that Heroku refuses."""


def test_every_service_is_offered_locally() -> None:
    assert [service.name for service in catalogue.services()] == list(LOCAL.services)


def test_every_feature_of_an_app_is_offered_locally() -> None:
    assert {feature.name for feature in LOCAL.app_features} == set(catalogue.FEATURES.names)


def test_what_the_local_heroku_adds_belongs_to_something_that_heroku_offers() -> None:
    assert rows_by_name("services").keys() <= LOCAL.services.keys()
    assert rows_by_name("regions").keys() <= {region.name for region in LOCAL.regions}
    assert rows_by_name("dyno_sizes").keys() == {size.name for size in LOCAL.dyno_sizes}


def test_a_config_var_that_an_add_on_sets_is_set_locally() -> None:
    for service in catalogue.services():
        local = LOCAL.services[service.name]
        if service.name != catalogue.POSTGRES_SERVICE:
            names = {f"{local.attachment}_{suffix}" for suffix in local.variables}
            assert set(service.sets) <= names, service.name


def test_plan_changes_in_place(tmp_path: Path) -> None:
    """Check that the review reports exactly the changes that the local Heroku refuses."""
    service = LOCAL.services[catalogue.POSTGRES_SERVICE]
    tiers: dict[str, list[Plan]] = defaultdict(list)
    for plan in service.plans.values():
        if not plan.retired:
            tiers[plan.slug.partition("-")[0]].append(plan)
    pairs = list(permutations((plan for each in tiers.values() for plan in each[:2]), 2))
    refused = {f"{old.slug} {new.slug}" for old, new in pairs if service.closed_tier(old, new)}
    steps = [database(old.slug, new.slug, f"{old.slug} {new.slug}") for old, new in pairs]
    found = reviewed(*steps, directory=tmp_path).findings
    warned = {one.urn.rpartition("::")[2] for one in found if one.id == IMPOSSIBLE}
    assert warned == refused
    assert 0 < len(refused) < len(pairs)


def test_every_postgres_version_that_is_offered_runs_locally() -> None:
    rule = LOCAL.services[catalogue.POSTGRES_SERVICE].config["version"]
    assert rule.default == catalogue.DEFAULT_POSTGRES_VERSION == versions.DEFAULT
    assert set(versions.every()) == {*rule.old, *rule.values}


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
