"""Test of the number of requests of a refresh; the published provider sends 13 for the same."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.provider.asking import Asking
from tests.provider.cases import answer
from tests.provider.fake import Exchange, fake_heroku

COLLABORATOR = "heroku:collaborator/collaborator:Collaborator"
ADDON = "heroku:addon/addon:Addon"
LIMIT = 5


async def test_one_app_two_addons_and_three_collaborators() -> None:
    addons = [answer("addon", id=f"addon-{number}") for number in (1, 2)]
    people = [answer("collaborator", id=f"collaborator-{number}") for number in (1, 2, 3)]
    exchanges = [
        Exchange("GET /apps/app-1", 200, answer("app")),
        Exchange("GET /apps/app-1/buildpack-installations", 200, []),
        Exchange("GET /apps/app-1/config-vars", 200, {"DATABASE_URL": "x"}),
        Exchange("GET /apps/app-1/addons", 200, addons),
        Exchange("GET /apps/app-1/collaborators", 200, people),
    ]
    resources: list[tuple[str, dict[str, Any]]] = [
        ("heroku:app/app:App", {"id": "app-1", "name": "shop", "region": "eu"}),
        *((ADDON, {"id": each["id"], "appId": "app-1", "plan": "p"}) for each in addons),
        *((COLLABORATOR, {"id": each["id"], "appId": "app-1", "email": "e"}) for each in people),
    ]
    async with fake_heroku(*exchanges) as fake:
        asking = await Asking.of(fake.url, "")
        read = [
            Asking(asking.provider, token).read(state["id"], state, {})
            for token, state in resources
        ]
        states = await asyncio.gather(*read)
        await asking.provider.close()
    assert [state["id"] for state in states] == [state["id"] for _, state in resources]
    assert len(fake.asked) == LIMIT
