"""Config vars of apps and of their add-ons."""

from __future__ import annotations

import asyncio

import pytest

from localheroku.workflows import deployment
from tests.localheroku.client import Api
from tests.localheroku.dynos.slugs import until


async def test_config_vars_are_merged_and_null_removes(api: Api) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"A": "1", "B": ""})

    after = await api.patch("/apps/shop/config-vars", {"A": None, "C": "3"})

    assert after == {"B": "", "C": "3"}
    assert await api.get("/apps/shop/config-vars") == after


async def test_each_change_is_a_release_that_says_what_changed(api: Api) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"A": "1", "B": "2"})
    await api.patch("/apps/shop/config-vars", {"A": None, "C": "3"})

    releases = await api.get("/apps/shop/releases")

    assert [(r["version"], r["description"], r["current"]) for r in releases] == [
        (1, "Initial release", False),
        (2, "Set A, B config vars", False),
        (3, "Set C config vars; Remove A config vars", True),
    ]


async def test_an_unchanged_value_creates_no_release(api: Api) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"A": "1"})

    for same in ({}, {"A": "1"}, {"MISSING": None}):
        assert await api.patch("/apps/shop/config-vars", same) == {"A": "1"}

    assert len(await api.get("/apps/shop/releases")) == 2


async def test_a_release_remembers_its_config_vars(api: Api) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"A": "1"})
    await api.patch("/apps/shop/config-vars", {"A": "2"})

    assert await api.get("/apps/shop/releases/2/config-vars") == {"A": "1"}
    assert await api.get("/apps/shop/releases/v3/config-vars") == {"A": "2"}


async def test_config_vars_of_add_ons_cannot_be_overwritten(api: Api) -> None:
    await api.app()
    await api.addon("heroku-postgresql:essential-0")
    url = (await api.get("/apps/shop/config-vars"))["DATABASE_URL"]

    for value in ("postgres://elsewhere", None):
        refused = await api.refusal("PATCH", "/apps/shop/config-vars", {"DATABASE_URL": value})
        assert refused == (
            422,
            "invalid_params",
            "Cannot overwrite attachment values DATABASE_URL.",
        )
    assert await api.patch("/apps/shop/config-vars", {"DATABASE_URL": url}) == {"DATABASE_URL": url}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"A-B": "1"}, 'Config var "A-B" may only contain letters, digits and underscores.'),
        ({"A": 1}, "The value of config var A must be a string"),
        ({"A": "x" * 65536}, "Config vars cannot exceed 64kb total size."),
    ],
)
async def test_invalid_config_vars_change_nothing(
    api: Api, body: dict[str, object], words: str
) -> None:
    await api.app()

    status, code, message = await api.refusal("PATCH", "/apps/shop/config-vars", body)

    assert (status, code) == (422, "invalid_params")
    assert message.startswith(words)
    assert await api.get("/apps/shop/config-vars") == {}
    assert len(await api.get("/apps/shop/releases")) == 1


async def test_several_changes_in_a_row_restart_the_dynos_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment, "QUIET_SECONDS", 3)
    app = await api.app()
    await api.build("web: serve")
    api.backends.dynos.applied.clear()

    for value in "abc":
        await api.patch("/apps/shop/config-vars", {"A": value})
    await until(lambda: api.backends.dynos.applied != [])
    await asyncio.sleep(0.05)

    (runtime,) = api.backends.dynos.applied
    assert (runtime.app_id, dict(runtime.env)) == (app["id"], {"A": "c"})
