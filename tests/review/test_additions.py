"""Tests of what a review calls added on Heroku by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dynostack.inventory.app import (
    Addon,
    App,
    Collaborator,
    Coupling,
    Drain,
    Dynos,
    Release,
    Webhook,
)
from dynostack.inventory.domains import Domain
from dynostack.review import resource_types
from dynostack.review.additions import additions
from dynostack.review.markup import plain
from dynostack.review.step import Step

DATABASE = Addon("db", "shop-db", "heroku-postgresql:standard-0", {"DATABASE": "1", "EXTRA": "2"})
APP = App(
    *("app", "shop", "acme", "eu"),
    maintenance=True,
    acm=True,
    config_vars={"MODE": "planted"},
    formation={"web": Dynos(1, "Basic"), "release": Dynos(0, "Basic")},
    addons=(DATABASE,),
    collaborators=(Collaborator("Dev@acme.example", "collaborator", ("view",), "2026-11-29"),),
    domains=(Domain("www.acme.example", "x"),),
    features=frozenset({"preboot"}),
    drains=(Drain("drain", "https://user:planted@logs.example/"),),
    coupling=Coupling("staging", "5c0b", "shop", "coupling"),
    releases=(Release(7, "dev@acme.example", "Set MODE config vars", "2026-11-30", "slug"),),
    webhooks=(Webhook("hook", "https://hooks.example/planted", ("api:release",)),),
)
UNSAID = {"maintenance", "webhooks.hooks-example"}


def step(kind: str, name: str, identity: str = "", /, **inputs: Any) -> Step:
    urn = f"urn:pulumi:prod::shop::{kind}::{name}"
    return Step(urn, kind, None, inputs, inputs, id=identity)


STEPS = {
    "addons.shop-db": step(resource_types.ADDON, "postgres", "db", plan=DATABASE.plan),
    "app.configVars.MODE": step(resource_types.APP, "app", configVars={"MODE": "planted"}),
    "collaborators.dev@acme.example": step(
        resource_types.TEAM_COLLABORATOR, "dev", email="dev@acme.example"
    ),
    "domains.www.acme.example": step(resource_types.DOMAIN, "www", hostname="www.acme.example"),
    "drains.logs-example": step(resource_types.DRAIN, "logs", "drain"),
    "features.preboot": step(resource_types.FEATURE, "preboot", name="preboot"),
    "formation.web": step(resource_types.FORMATION, "web", type="web"),
    "pipeline": step(resource_types.COUPLING, "pipeline", "coupling"),
}
"""Item -> the resource that has it."""


def items(*steps: Step, config_vars: tuple[str, ...] = ()) -> set[str]:
    return {each.item for each in additions(steps, APP, config_vars)}


def test_an_app_of_an_empty_stack_is_all_added() -> None:
    assert items() == {*STEPS, *UNSAID}


@pytest.mark.parametrize("item", STEPS)
def test_what_the_stack_has_is_not_added(item: str) -> None:
    more = {"postgres.attachments.EXTRA"} if item == "addons.shop-db" else set()
    assert items(STEPS[item]) == {*STEPS, *UNSAID, *more} - {item}


def test_an_attachment_of_the_stack_is_not_added() -> None:
    attachment = step(resource_types.ATTACHMENT, "extra", "2", name="EXTRA")
    assert items(*STEPS.values(), attachment) == UNSAID


def test_an_encrypted_config_var_of_the_file_is_not_added() -> None:
    hidden = step(resource_types.APP, "app", sensitiveConfigVars="[secret]")
    assert "app.configVars.MODE" not in items(hidden, config_vars=("MODE",))


@pytest.mark.parametrize(
    ("item", "text", "since", "by"),
    [
        ("app.configVars.MODE", "config var MODE", "2026-11-30", "dev@acme.example"),
        ("collaborators.dev@acme.example", "Dev@acme.example has view", "2026-11-29", "unknown"),
        ("drains.logs-example", "a drain sends the app's logs to logs.example", "", "unknown"),
        ("maintenance", "maintenance mode is on", "", "unknown"),
    ],
)
def test_its_words_have_no_secret(item: str, text: str, since: str, by: str) -> None:
    found = additions((), APP, ())
    assert "planted" not in f"{found}"
    (each,) = (each for each in found if each.item == item)
    assert (plain(each.text), each.since, each.by) == (text, since, by)
