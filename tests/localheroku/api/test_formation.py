"""The formation and its dynos."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api
from tests.localheroku.dynos.slugs import until


async def test_an_app_without_a_slug_has_no_process_types(api: Api) -> None:
    await api.app()

    assert await api.get("/apps/shop/formation") == []
    assert await api.refusal("PATCH", "/apps/shop/formation/web", {"quantity": 1}) == (
        404,
        "not_found",
        "Couldn't find that process type (web).",
    )


async def test_the_first_slug_starts_one_web_dyno(api: Api) -> None:
    await api.app()
    await api.build("release: migrate\nweb: serve\nworker: work")

    formation = await api.get("/apps/shop/formation")

    assert [(p["type"], p["quantity"], p["size"]) for p in formation] == [
        ("release", 0, "Basic"),
        ("web", 1, "Basic"),
        ("worker", 0, "Basic"),
    ]


@pytest.mark.parametrize(
    ("requested", "size"),
    [
        ("standard-1x", "Standard-1X"),
        ("Performance-M", "Performance-M"),
        ("performance-l-ram", "Performance-L-RAM"),
        ("standard-8x", "Standard-8X"),
        ("BASIC", "Basic"),
    ],
)
async def test_a_size_comes_back_as_heroku_writes_it(api: Api, requested: str, size: str) -> None:
    await api.app()
    await api.build("web: serve")

    scaled = await api.patch("/apps/shop/formation/web", {"quantity": 1, "size": requested})

    assert (scaled["quantity"], scaled["size"]) == (1, size)
    assert await api.get(f"/apps/shop/formation/{scaled['id']}") == scaled


async def test_a_size_can_be_set_as_dyno_size(api: Api) -> None:
    """https://github.com/heroku/terraform-provider-heroku sends `dyno_size` since version 5.3."""
    await api.app()
    await api.build("web: serve")

    scaled = await api.patch("/apps/shop/formation/web", {"dyno_size": {"name": "Standard-2X"}})

    assert (scaled["quantity"], scaled["size"]) == (1, "Standard-2X")


@pytest.mark.parametrize(("requested", "quantity"), [("5", 5), ("+1", 3), ("-2", 0)])
async def test_a_quantity_may_be_a_text(api: Api, requested: str, quantity: int) -> None:
    """The Heroku CLI sends text for `ps:scale web=5` and `ps:scale web+1`."""
    await api.app()
    await api.build("web: serve")
    await api.patch("/apps/shop/formation/web", {"quantity": 2, "size": "standard-1x"})

    scaled = await api.patch("/apps/shop/formation/web", {"quantity": requested})

    assert scaled["quantity"] == quantity


async def test_several_process_types_are_scaled_together_or_not_at_all(api: Api) -> None:
    await api.app()
    await api.build("web: serve\nworker: work")
    path = "/apps/shop/formation"

    scaled = await api.patch(
        path, {"updates": [{"type": "web", "quantity": 0}, {"type": "worker", "quantity": 1}]}
    )
    assert [(p["type"], p["quantity"]) for p in scaled] == [("web", 0), ("worker", 1)]

    updates = [{"type": "web", "quantity": 1}, {"type": "clock", "quantity": 1}]
    assert (await api.refusal("PATCH", path, {"updates": updates}))[0] == 404
    assert [p["quantity"] for p in await api.get(path)] == [0, 1]


@pytest.mark.parametrize(
    "body", [{"quantity": -1}, {"quantity": 101}, {"size": "huge"}, {"quantity": "two"}]
)
async def test_an_invalid_scale_is_refused(api: Api, body: dict[str, object]) -> None:
    await api.app()
    await api.build("web: serve")

    assert (await api.refusal("PATCH", "/apps/shop/formation/web", body))[:2] == (
        422,
        "invalid_params",
    )


@pytest.mark.parametrize("size", ["eco", "basic"])
async def test_eco_and_basic_run_one_dyno_of_a_process_type(api: Api, size: str) -> None:
    await api.app()
    await api.build("web: serve")
    path = "/apps/shop/formation/web"

    assert await api.refusal("PATCH", path, {"quantity": 2, "size": size}) == (
        422,
        "invalid_params",
        f"Cannot update to more than 1 {size.title()} size dynos per process type.",
    )
    await api.patch(path, {"quantity": 2, "size": "standard-1x"})
    assert (await api.refusal("PATCH", path, {"size": size}))[0] == 422
    assert (await api.get(path))["size"] == "Standard-1X"


async def test_a_release_command_has_a_size_and_no_dynos(api: Api) -> None:
    app = await api.app()
    await api.build("release: migrate\nweb: serve")
    path = "/apps/shop/formation/release"

    for quantity in (1, "+1"):
        assert await api.refusal("PATCH", path, {"quantity": quantity}) == (
            422,
            "invalid_params",
            "release runs once before each release, so its quantity must be 0.",
        )
    sized = await api.patch(path, {"quantity": 0, "size": "standard-2x"})

    assert (sized["command"], sized["quantity"], sized["size"]) == ("migrate", 0, "Standard-2X")
    await until(lambda: "release" in api.backends.dynos.running[app["id"]].formation)
    assert [dyno["name"] for dyno in await api.get("/apps/shop/dynos")] == ["web.1"]
    await api.build("web: serve")
    assert [row["type"] for row in await api.get("/apps/shop/formation")] == ["web"]


async def test_the_first_slug_that_runs_starts_one_web_dyno(api: Api) -> None:
    await api.app()
    assert (await api.build("release: exit 1\nweb: broken"))["status"] == "failed"
    assert [row["type"] for row in await api.get("/apps/shop/formation")] == ["release"]

    await api.build("release: migrate\nweb: serve")

    formation = await api.get("/apps/shop/formation")
    assert [(row["command"], row["quantity"]) for row in formation] == [
        ("migrate", 0),
        ("serve", 1),
    ]


async def test_the_scale_stays_with_the_next_slug(api: Api) -> None:
    await api.app()
    await api.build("web: serve\nworker: work")
    await api.patch("/apps/shop/formation/web", {"quantity": 3, "size": "standard-1x"})

    await api.build("web: serve better\nclock: tick")

    formation = await api.get("/apps/shop/formation")
    assert [(p["type"], p["command"], p["quantity"]) for p in formation] == [
        ("clock", "tick", 0),
        ("web", "serve better", 3),
    ]


async def test_dynos_follow_the_formation(api: Api) -> None:
    app = await api.app()
    await api.build("web: serve")

    await api.patch("/apps/shop/formation/web", {"quantity": 2, "size": "standard-1x"})
    await until(lambda: len(api.backends.dynos.dynos(app["id"])) == 2)

    dynos = await api.get("/apps/shop/dynos")
    assert [(d["name"], d["state"], d["size"]) for d in dynos] == [
        ("web.1", "up", "Standard-1X"),
        ("web.2", "up", "Standard-1X"),
    ]
    assert dynos[0]["release"]["version"] == 2
    assert await api.get("/apps/shop/dynos/web.1") == dynos[0]


async def test_dynos_are_restarted_one_by_one_or_all(api: Api) -> None:
    app = await api.app()
    await api.build("web: serve")

    one = await api.call("DELETE", "/apps/shop/dynos/web.1")
    every = await api.call("DELETE", "/apps/shop/dynos")

    assert (one.status, every.status) == (202, 202)
    assert api.backends.dynos.restarted == [(app["id"], "web.1"), (app["id"], None)]
    assert (await api.refusal("DELETE", "/apps/shop/dynos/web.9"))[:2] == (404, "not_found")
