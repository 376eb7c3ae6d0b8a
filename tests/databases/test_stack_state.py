"""Tests of the state: which database is the resource."""

from __future__ import annotations

from typing import Any

import pytest

from dynostack.databases.record import Side
from dynostack.databases.stack_state import DatabaseState
from dynostack.engine.process import PulumiProcess
from dynostack.review.resource_types import ADDON, APP, ATTACHMENT
from tests.e2e.rehearsal import PROJECT

OLD = Side(name="postgres-old", plan="essential-0", version="17", addon="id-old")
NEW = Side(name="postgres-new", plan="standard-0", version="18", addon="id-new")
PREFIX = "urn:pulumi:s::p::t$"


def resource(kind: str, called: str, identity: str, **inputs: object) -> dict[str, Any]:
    return {
        "urn": f"{PREFIX}{kind}::{called}",
        "type": kind,
        "id": identity,
        "inputs": dict(inputs),
        "outputs": {"id": identity, **inputs},
        "dependencies": [],
    }


@pytest.fixture(params=[True, False], ids=["protected", "unprotected"])
def state(request: pytest.FixtureRequest) -> DatabaseState:
    plan = "heroku-postgresql:essential-0"
    database = resource(ADDON, "postgres", "id-old", name="postgres-old", plan=plan)
    cache = resource(ADDON, "memcached", "id-cache", plan="memcachier:dev")
    attachment = resource(ATTACHMENT, "reports", "id-a", addonId="id-old", name="REPORTS")
    attachment["dependencies"] = [database["urn"]]
    app = resource(APP, "app", "id-app")
    for each in (app, database):
        each["protect"] = request.param
    document = {"deployment": {"resources": [app, database, cache, attachment]}}
    return DatabaseState(PulumiProcess("pulumi", PROJECT, None, {}), "s", document)


def protected(state: DatabaseState) -> dict[str, bool]:
    names = {each["urn"].rpartition("::")[2]: each for each in state.resources}
    return {name: bool(each.get("protect")) for name, each in names.items()}


def test_the_new_database_is_the_resource(state: DatabaseState) -> None:
    state.exchange("postgres", "postgres-previous", OLD, NEW)
    database, kept = state.database("postgres"), state.database("postgres-previous")
    assert database
    assert kept
    assert (database["id"], kept["id"]) == ("id-new", "id-old")
    assert database["inputs"]["plan"] == "heroku-postgresql:standard-0"
    assert kept["outputs"]["name"] == "postgres-old"
    assert state.resources.index(database) < state.resources.index(kept)
    assert state.resources[-1]["inputs"]["addonId"] == "id-new"


def test_a_second_exchange_changes_nothing(state: DatabaseState) -> None:
    state.exchange("postgres", "postgres-previous", OLD, NEW)
    before = repr(state.document)
    state.exchange("postgres", "postgres-previous", OLD, NEW)
    assert repr(state.document) == before


def test_the_app_is_protected_as_long_as_a_database_is(state: DatabaseState) -> None:
    before = protected(state)
    state.exchange("postgres", "postgres-previous", OLD, NEW)
    assert protected(state) == {**before, "app": True, "postgres-previous": True}
    state.forget("postgres-previous")
    assert protected(state) == before
