"""Heroku is asked about a database only if the environment's file may need a move."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dynostack.inventory.databases import DatabaseDetails
from dynostack.inventory.platform_api import PlatformApi
from dynostack.review import resource_types
from dynostack.review.context import Context, read_context
from dynostack.review.source_locations import SourceLocations
from dynostack.review.state import StackState
from tests.toolchain.parts import Answer, Loopback, loopback

DATA = "/client/v11/databases/"
DETAILS = {"postgres_version": "17.4", "num_bytes": 5, "num_connections": 1, "num_tables": 2}
APP = {
    "id": "app",
    "name": "acme-shop",
    "team": None,
    "region": {"name": "eu"},
    "acm": False,
    "build_stack": {"name": "heroku-24"},
    "owner": {"email": "ops@acme.example"},
    "maintenance": False,
}
LISTS = (
    *("addons", "addon-attachments", "buildpack-installations", "collaborators", "domains"),
    *("features", "formation", "log-drains", "releases", "webhooks"),
)


@pytest.fixture
def heroku() -> Iterator[Loopback]:
    """Yield a stand-in for Heroku with one app, whose databases are all on version 17."""
    with loopback() as site:
        site.answers["/apps/app"] = Answer(json.dumps(APP).encode())
        for part in LISTS:
            site.answers[f"/apps/app/{part}"] = Answer(b"[]")
        site.answers["/apps/app/config-vars"] = Answer(b"{}")
        for name in ("postgres", "postgres-reports"):
            site.answers[f"{DATA}{name}-id"] = Answer(json.dumps(DETAILS).encode())
        yield site


def resource(kind: str, name: str, **inputs: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:prod::shop::{kind}::{name}"
    return {"urn": urn, "type": kind, "id": f"{name}-id", "inputs": inputs}


def database(name: str, plan: str, **more: Any) -> dict[str, Any]:
    """Return a database in the state; `version` is the one that it was created with."""
    plan, _, version = plan.partition(" ")
    config = {"config": {"version": version}} if version else {}
    inputs = {"plan": f"heroku-postgresql:{plan}", **config}
    return {**resource(resource_types.ADDON, name, **inputs), **more}


def read(
    folder: Path, site: Loopback, postgres: dict[str, Any], *databases: dict[str, Any]
) -> Context:
    """Return the context of a stack with an app and some databases."""
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    config = {"shop:app": {"name": "acme-shop"}, "shop:postgres": postgres}
    (folder / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": config}))
    app = {**resource(resource_types.APP, "app"), "id": "app", "outputs": {"name": "acme-shop"}}
    cache = resource(resource_types.ADDON, "memcached", plan="memcachier:dev")
    state = StackState.of({"deployment": {"resources": [app, cache, *databases]}})
    return read_context(state, SourceLocations.of(folder, "prod"), PlatformApi(site.address, "k"))


def asked(site: Loopback) -> list[str]:
    return [path.removeprefix(DATA) for path in site.requests if path.startswith(DATA)]


@pytest.mark.parametrize(
    ("stored", "postgres"),
    [
        ("standard-0 17", {"plan": "standard-0", "version": "17"}),
        ("standard-0 16", {"plan": "standard-0"}),
        ("standard-0", {"plan": "standard-0"}),
        ("standard-0 17", {"plan": "premium-0", "version": "17"}),
        ("essential-0", {"plan": "essential-2"}),
        ("standard-0 17", {"version": "17"}),
    ],
)
def test_nothing_is_asked_where_heroku_changes_the_database_in_place(
    stored: str, postgres: dict[str, Any], heroku: Loopback, tmp_path: Path
) -> None:
    context = read(tmp_path, heroku, postgres, database("postgres", stored))
    assert context.app
    assert (context.databases, asked(heroku)) == ({}, [])


@pytest.mark.parametrize(
    ("stored", "postgres"),
    [
        ("standard-0 16", {"plan": "standard-0", "version": "17"}),
        ("standard-0", {"plan": "standard-0", "version": "17"}),
        ("essential-0 17", {"plan": "standard-0", "version": "17"}),
        ("essential-0", {"plan": "standard-0"}),
    ],
)
def test_a_database_that_may_move_is_asked_for_its_version_and_size(
    stored: str, postgres: dict[str, Any], heroku: Loopback, tmp_path: Path
) -> None:
    context = read(tmp_path, heroku, postgres, database("postgres", stored))
    assert context.databases == {"postgres-id": DatabaseDetails("17", 5, 1, 2)}


def test_only_the_database_that_may_move_is_asked(heroku: Loopback, tmp_path: Path) -> None:
    postgres = {"plan": "standard-0", "databases": {"reports": {"version": "16"}}}
    gone = database("postgres-reports", "standard-0 15", id="gone", delete=True)
    kept = (database("postgres", "standard-0 17"), database("postgres-reports", "standard-0 17"))
    context = read(tmp_path, heroku, postgres, *kept, gone)
    assert [*context.databases] == asked(heroku) == ["postgres-reports-id"]


def test_a_database_that_heroku_does_not_report_is_left_out(
    heroku: Loopback, tmp_path: Path
) -> None:
    heroku.answers[f"{DATA}postgres-id"] = Answer(b'{"id": "not_found"}', 404)
    postgres = {"plan": "standard-0", "version": "17"}
    context = read(tmp_path, heroku, postgres, database("postgres", "standard-0 16"))
    assert (context.databases, context.unavailable) == ({}, "")
    assert context.app
