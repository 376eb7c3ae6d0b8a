"""Dynos follow the releases that are stored."""

from __future__ import annotations

import asyncio

import pytest

from localheroku.api.apps import models as apps
from localheroku.api.builds.releases import creation
from localheroku.core.state import State
from localheroku.workflows import deployment
from tests.localheroku.client import Api
from tests.localheroku.dynos.slugs import until


async def test_a_stored_release_updates_the_dynos(api: Api) -> None:
    state = await _deployed(api)

    creation.create(state, apps.find(state, "shop"), "By a model")

    await until(lambda: api.backends.dynos.applied != [])


async def test_a_release_that_is_rolled_back_restarts_nothing(api: Api) -> None:
    state = await _deployed(api)

    with pytest.raises(ZeroDivisionError):
        _create_and_fail(state)

    await asyncio.sleep(5 * deployment.QUIET_SECONDS)
    assert api.backends.dynos.applied == []


def _create_and_fail(state: State) -> None:
    with state.store.transaction():
        creation.create(state, apps.find(state, "shop"), "Rolled back")
        raise ZeroDivisionError


async def _deployed(api: Api) -> State:
    """Deploy an app, wait for the restarts that are due, and forget what its dynos ran."""
    await api.app()
    await api.build("web: serve")
    await asyncio.sleep(5 * deployment.QUIET_SECONDS)
    api.backends.dynos.applied.clear()
    return api.heroku.platform
