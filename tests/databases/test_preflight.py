"""Tests of the checks before a move."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from dynostack.databases import preflight, promotion
from dynostack.databases.errors import MoveRefused
from dynostack.databases.record import AttachedName, MoveRecord, Side, Writer
from dynostack.databases.request import Asked
from dynostack.databases.stack_state import DatabaseState
from dynostack.inventory.databases import DatabaseDetails
from tests.databases.world import APP, READER, MoveWorld

GB = 1 << 30


def asked(world: MoveWorld, plan: str, size: int = GB) -> Asked:
    details = DatabaseDetails(version="18", size=size, connections=3, tables=2)
    state = DatabaseState(world.project.runner, "staging", {"deployment": {}})
    return Asked(world.record(plan), details, state)


def attached(world: MoveWorld, record: MoveRecord) -> list[Mapping[str, Any]]:
    return world.platform.listing(f"/addons/{record.old.addon}/addon-attachments")


async def problems(world: MoveWorld, plan: str, size: int = GB, dynos: int = 2) -> str:
    """Return why a move to a plan is refused."""
    writers = (Writer(app=APP, formation={"web": dynos}, maintenance=False),)
    found = await asyncio.to_thread(asked, world, plan, size)
    with pytest.raises(MoveRefused) as refusal:
        await asyncio.to_thread(preflight.check, world.project, found, writers, print)
    return str(refusal.value)


async def test_a_plan_that_is_too_small(world: MoveWorld) -> None:
    assert "essential-0 holds 1.0 GB, but" in await problems(world, "essential-0", 20 * GB)


async def test_a_plan_with_too_few_connections(world: MoveWorld) -> None:
    found = await problems(world, "essential-0", dynos=25)
    assert "essential-0 allows 20 connections, but 25 dynos use the database" in found


async def test_a_plan_that_heroku_does_not_offer(world: MoveWorld) -> None:
    assert "Heroku does not offer plan standard-99" in await problems(world, "standard-99")


def test_a_pool_that_the_new_plan_does_not_have() -> None:
    pool = AttachedName(app=APP, name="POOL", namespace="connection-pooling:default")
    sides = [Side(name="x", plan=plan, version="18") for plan in ("standard-0", "essential-2")]
    record = MoveRecord(
        stack="s", resource="postgres", app=APP, old=sides[0], new=sides[1], attachments=(pool,)
    )
    (problem,) = preflight._pools(record)  # noqa: SLF001
    assert "attachment POOL of shop is a connection pool, which essential-2 does not" in problem


async def test_a_shield_database(world: MoveWorld) -> None:
    assert "nor copies Shield databases" in await problems(world, "shield-0")


async def test_a_copy_of_the_url(world: MoveWorld) -> None:
    url = await asyncio.to_thread(world.url, world.old.addon)
    await world.api.patch(f"/apps/{APP}/config-vars", {"ANALYTICS": f"{url}?x=1"})
    found = await problems(world, "standard-0")
    assert "config var ANALYTICS of shop contains a copy of the database's URL" in found
    assert url not in found


async def test_a_collaborator_without_the_rights(world: MoveWorld) -> None:
    await world.api.team_app("team-shop")
    body = {"user": "dev@acme.example", "permissions": ["view", "deploy"]}
    await world.api.post("/teams/apps/team-shop/collaborators", body)
    developer = world.api.of("dev@acme.example")
    world.api = developer
    writers = (Writer(app="team-shop", formation={}, maintenance=False),)
    found = await asyncio.to_thread(lambda: [*preflight._rights(world.platform, writers)])  # noqa: SLF001
    (problem,) = found
    assert "dev@acme.example needs manage and operate permission on app team-shop" in problem


async def test_the_owner_has_every_right(world: MoveWorld) -> None:
    writers = (Writer(app=APP, formation={}, maintenance=False),)
    assert not await asyncio.to_thread(lambda: [*preflight._rights(world.platform, writers)])  # noqa: SLF001


def test_an_attachment_with_a_credential_is_refused() -> None:
    attachment = {
        "app": {"name": "reader"},
        "name": "SHOP",
        "namespace": "credential:analyst",
    }
    with pytest.raises(MoveRefused, match="credential analyst"):
        [*promotion._moved([attachment], APP)]  # noqa: SLF001


def test_names_that_heroku_chose_stay_with_the_old_database() -> None:
    names = [
        ("shop", "HEROKU_POSTGRESQL_RED"),
        ("shop", "DATABASE"),
        ("reader", "HEROKU_POSTGRESQL_X"),
    ]
    attachments = [{"app": {"name": app}, "name": name} for app, name in names]
    moved = [each.name for each in promotion._moved(attachments, APP)]  # noqa: SLF001
    assert moved == ["DATABASE", "HEROKU_POSTGRESQL_X"]


def test_a_side_in_words() -> None:
    side = Side(name="postgres-1", plan="essential-0", version="17")
    assert str(side) == "postgres-1 (essential-0, PostgreSQL 17)"


async def test_a_copy_of_the_url_with_another_scheme_in_another_app(world: MoveWorld) -> None:
    url = await asyncio.to_thread(world.url, world.old.addon)
    copied = url.replace("postgres://", "postgresql+psycopg://")
    await world.api.patch(f"/apps/{READER}/config-vars", {"SQLALCHEMY": copied})
    writers = (Writer(app=READER, formation={}, maintenance=False),)
    record = await asyncio.to_thread(world.record)
    listed = await asyncio.to_thread(attached, world, record)
    found = await asyncio.to_thread(
        lambda: [*preflight._copied_urls(world.platform, listed, record, writers)]  # noqa: SLF001
    )
    (problem,) = found
    assert "config var SQLALCHEMY of reader contains a copy" in problem


async def test_a_database_without_a_name_of_one_s_own(world: MoveWorld) -> None:
    addon = await world.api.addon("heroku-postgresql:essential-0")
    record = (await asyncio.to_thread(world.record)).changed(
        old=Side(name=addon["name"], plan="essential-0", version="18", addon=addon["id"])
    )
    listed = await asyncio.to_thread(attached, world, record)
    found = [*preflight._attachments(listed, record)]  # noqa: SLF001
    (problem,) = found
    assert "only as HEROKU_POSTGRESQL_" in problem


async def test_a_plan_that_the_file_can_no_longer_name(world: MoveWorld) -> None:
    record = await asyncio.to_thread(world.record)
    fine = [*preflight._file(world.project, record)]  # noqa: SLF001
    assert fine == []
    retired = record.changed(old=record.old.model_copy(update={"plan": "mini"}))
    (problem,) = preflight._file(world.project, retired)  # noqa: SLF001
    assert "DS201" in problem


async def test_a_retired_version_is_not_written(world: MoveWorld) -> None:
    record = await asyncio.to_thread(world.record)
    old = record.old.model_copy(update={"version": "14"})
    assert [*preflight._file(world.project, record.changed(old=old))] == []  # noqa: SLF001
