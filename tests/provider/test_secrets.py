"""Tests that no secret gets into an error, whatever Heroku answers."""

from __future__ import annotations

from typing import Any

import pytest

from dynostack.provider.errors import HerokuError
from dynostack.provider.privacy import HIDDEN, Discretion
from tests.provider.asking import Asking
from tests.provider.cases import answer
from tests.provider.fake import API_KEY, Exchange, fake_heroku

LONG = "planted-password-0123"
SHORT = "pl4n"
ECHO = f"What is {API_KEY}, {LONG} or {SHORT}? See postgres://u:{LONG}@host/db."
REFUSED = {"id": "invalid_params", "message": ECHO}
CREATED = answer("app")


@pytest.mark.parametrize(
    ("token", "inputs", "exchanges"),
    [
        (
            "heroku:app/configAssociation:ConfigAssociation",
            {"appId": "app-1", "vars": {"A": SHORT}, "sensitiveVars": {"S": LONG}},
            [Exchange("PATCH /apps/app-1/config-vars", 422, REFUSED)],
        ),
        (
            "heroku:addon/addon:Addon",
            {"appId": "app-1", "plan": "x:y", "config": {"a": SHORT, "b": LONG}},
            [
                Exchange("GET /apps/app-1", 200, CREATED),
                Exchange("POST /apps/app-1/addons", 422, REFUSED),
            ],
        ),
    ],
)
async def test_an_error_that_repeats_secrets(
    token: str, inputs: dict[str, Any], exchanges: list[Exchange]
) -> None:
    async with fake_heroku(*exchanges) as fake:
        asking = await Asking.of(fake.url, token)
        with pytest.raises(HerokuError) as caught:
            await asking.create(inputs)
        await asking.provider.close()
    assert caught.value.message == (
        f"What is {HIDDEN}, {HIDDEN} or {HIDDEN}? See postgres://u:{HIDDEN}@host/db."
    )


async def test_secrets_that_were_read_are_hidden_too() -> None:
    exchanges = [
        Exchange("GET /apps/app-1/config-vars", 200, {"DATABASE_URL": LONG, "X": SHORT}),
        Exchange("PATCH /apps/app-1/config-vars", 422, REFUSED),
    ]
    state = {"id": "config:app-1", "appId": "app-1", "vars": {"A": "1"}}
    async with fake_heroku(*exchanges) as fake:
        asking = await Asking.of(fake.url, "heroku:app/configAssociation:ConfigAssociation")
        await asking.read("config:app-1", state, {})
        with pytest.raises(HerokuError) as caught:
            await asking.update(state, {"appId": "app-1", "vars": {"A": "2"}})
        await asking.provider.close()
    assert "planted" not in str(caught.value)
    assert SHORT not in str(caught.value)


def test_short_secrets_are_hidden_as_words_only() -> None:
    discretion = Discretion(["once", "true-secret"])
    assert discretion.hide("once: onces, true-secrets") == f"{HIDDEN}: onces, {HIDDEN}s"


def test_harmless_values_are_not_hidden() -> None:
    text = "PostgreSQL 17 with DEBUG False in eu"
    assert Discretion(["17", "False", "eu"]).hide(text) == text


def test_plain_config_vars_are_not_hidden() -> None:
    values = {
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "SECRET_KEY": "planted-1",
        "REDIS": "redis://user:planted-2@db",
        "SET_BY_AN_ADDON": "planted-3",
    }
    discretion = Discretion(values.values())
    discretion.reveal({name: values[name] for name in [*values][:3]})
    shown = discretion.hide(" ".join(values.values()))
    assert shown == f"shop.settings {HIDDEN} {HIDDEN} {HIDDEN}"


def test_the_longest_secret_is_hidden_whole() -> None:
    assert Discretion(["planted-1", "planted-1-more"]).hide("<planted-1-more>") == f"<{HIDDEN}>"
