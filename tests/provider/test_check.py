"""Tests of generated names."""

from __future__ import annotations

import re

from dynostack.provider.check import Naming, checked
from dynostack.provider.resources import resource_of

ADDON = resource_of("heroku:addon/addon:Addon").fields


def test_a_generated_name_is_the_programs_name_with_seven_digits() -> None:
    inputs = checked(ADDON, {}, {}, Naming("db"))
    assert re.fullmatch(r"db-[0-9a-f]{7}", inputs["name"])
    assert inputs["__defaults"] == ["name"]


def test_names_differ() -> None:
    assert Naming("db").made_up() != Naming("db").made_up()


def test_the_same_seed_gives_the_reviewed_name() -> None:
    seed = b"s" * 32
    assert Naming("db", seed).made_up() == Naming("db", seed).made_up()


def test_leaving_out_a_given_name_keeps_it() -> None:
    old = {"name": "given", "__defaults": []}
    assert checked(ADDON, {}, old, Naming("db")) == {"name": "given", "__defaults": ["name"]}
