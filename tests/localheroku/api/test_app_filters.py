"""Filters for apps by id."""

from __future__ import annotations

from tests.localheroku.client import Api


async def test_the_apps_of_some_ids_are_read_in_one_call(api: Api) -> None:
    first, _, third = [await api.app(name) for name in ("one-app", "two-app", "three-app")]
    ids = [first["id"], third["id"], "01234567-89ab-cdef-0123-456789abcdef"]

    found = await api.call(
        "POST", "/filters/apps", {"in": {"id": ids}}, {"Range": "id ..; max=1000;"}
    )

    assert found.status == 200
    assert {app["name"] for app in found.body} == {"one-app", "three-app"}
    assert len(await api.post("/filters/apps", {})) == 3
    assert await api.post("/filters/apps", {"in": {"id": []}}) == []


async def test_another_account_s_apps_are_not_found(api: Api) -> None:
    app = await api.app()

    stranger = api.of("stranger@elsewhere.example")

    assert await stranger.post("/filters/apps", {"in": {"id": [app["id"]]}}) == []


async def test_a_filter_is_a_list_of_ids(api: Api) -> None:
    assert (await api.refusal("POST", "/filters/apps", {"in": {"name": ["shop"]}}))[0] == 422
