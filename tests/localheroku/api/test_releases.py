"""Releases: versions, release commands and rollbacks."""

from __future__ import annotations

from tests.localheroku.client import Api
from tests.localheroku.dynos.slugs import until


async def test_releases_are_read_by_version_newest_first(api: Api) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"A": "1"})

    newest = await api.get("/apps/shop/releases", Range="version ..; max=1,order=desc")

    assert [release["version"] for release in newest] == [2]
    assert await api.get(f"/apps/shop/releases/{newest[0]['id']}") == newest[0]
    assert await api.get("/apps/shop/releases/2") == newest[0]


async def test_an_unknown_release_is_not_found(api: Api) -> None:
    await api.app()

    assert await api.refusal("GET", "/apps/shop/releases/7") == (
        404,
        "not_found",
        "Couldn't find that release.",
    )


async def test_a_release_command_runs_before_its_slug_does(api: Api) -> None:
    app = await api.app()
    api.backends.dynos.gate.clear()
    url = await api.upload("release: migrate\nweb: serve")
    build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
    await until(lambda: api.backends.dynos.ran != [])

    (first, pending) = await api.get("/apps/shop/releases")
    assert (first["current"], pending["status"], pending["current"]) == (True, "pending", False)
    assert api.backends.dynos.running == {}

    api.backends.dynos.gate.set()
    done = await api.settled(f"/apps/shop/builds/{build['id']}")
    release = await api.get(f"/apps/shop/releases/{done['release']['id']}")
    assert (release["status"], release["current"]) == ("succeeded", True)
    assert api.backends.dynos.ran == [("release", "migrate")]
    assert api.backends.dynos.last_runtime
    assert api.backends.dynos.last_runtime.app_name == "shop"
    assert app["id"] in api.backends.dynos.running
    assert await api.text(release["output_stream_url"]) == "running migrate\n"


async def test_a_failed_release_command_leaves_the_former_release_current(api: Api) -> None:
    app = await api.app()
    await api.build("web: old")

    build = await api.build("release: exit 3\nweb: new")

    assert build["status"] == "failed"
    releases = await api.get("/apps/shop/releases")
    assert [(r["status"], r["current"]) for r in releases[-2:]] == [
        ("succeeded", True),
        ("failed", False),
    ]
    assert api.backends.dynos.running[app["id"]].formation["web"].command == "old"
    formation = {row["type"]: row["command"] for row in await api.get("/apps/shop/formation")}
    assert formation == {"web": "old", "release": "exit 3"}
    assert "running exit 3" in await api.text(build["output_stream_url"])


async def test_a_change_made_while_a_release_command_runs_keeps_the_new_slug(api: Api) -> None:
    app = await api.app()
    await api.build("web: old")
    api.backends.dynos.gate.clear()
    url = await api.upload("release: migrate\nweb: new")
    build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
    await until(lambda: api.backends.dynos.ran != [])
    await api.patch("/apps/shop/config-vars", {"A": "1"})

    api.backends.dynos.gate.set()
    done = await api.settled(f"/apps/shop/builds/{build['id']}")

    current = (await api.get("/apps/shop/releases"))[-1]
    assert (current["description"], current["slug"]) == ("Set A config vars", done["slug"])
    runtime = api.backends.dynos.running[app["id"]]
    assert (runtime.formation["web"].command, dict(runtime.env)) == ("new", {"A": "1"})


async def test_a_rollback_restores_slug_and_own_config_vars(api: Api) -> None:
    await api.app()
    await api.patch("/apps/shop/config-vars", {"A": "1"})
    old = await api.build("web: old")
    await api.patch("/apps/shop/config-vars", {"A": "2", "B": "2"})
    await api.addon("papertrail:choklad")
    await api.build("web: new")

    release = await api.post("/apps/shop/releases", {"release": "3"})

    assert (release["description"], release["slug"]) == ("Rollback to v3", old["slug"])
    config = await api.get("/apps/shop/config-vars")
    assert (config["A"], config.keys()) == ("1", {"A", "PAPERTRAIL_API_TOKEN"})
    assert (await api.get("/apps/shop/formation"))[0]["command"] == "old"


async def test_a_rollback_needs_a_slug_that_ran(api: Api) -> None:
    app = await api.app()
    await api.patch("/apps/shop/config-vars", {"A": "1"})
    await api.build("web: serve")
    await api.build("release: exit 1\nweb: broken")
    api.backends.dynos.gate.clear()
    url = await api.upload("release: migrate\nweb: slow")
    build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
    await until(lambda: len(api.backends.dynos.ran) == 2)

    releases = await api.get("/apps/shop/releases")
    eligible = [release["eligible_for_rollback"] for release in releases]
    assert eligible == [False, False, True, False, False]
    for version, message in (
        (1, "Cannot roll back to v1: it has no slug."),
        (2, "Cannot roll back to v2: it has no slug."),
        (4, "Cannot roll back to v4: its status is failed, not succeeded."),
        (5, "Cannot roll back to v5: its status is pending, not succeeded."),
    ):
        body = {"release": f"v{version}"}
        refused = await api.refusal("POST", "/apps/shop/releases", body)
        assert refused == (422, "invalid_params", message)

    assert await api.get("/apps/shop/releases") == releases
    assert await api.get("/apps/shop/config-vars") == {"A": "1"}
    assert api.backends.dynos.running[app["id"]].formation["web"].command == "serve"
    api.backends.dynos.gate.set()
    await api.settled(f"/apps/shop/builds/{build['id']}")


async def test_a_slug_is_released_again(api: Api) -> None:
    await api.app()
    build = await api.build("release: migrate\nweb: serve")
    slug = build["slug"]["id"]

    release = await api.post("/apps/shop/releases", {"slug": slug, "description": "Again"})

    assert (release["status"], release["description"]) == ("pending", "Again")
    assert (await api.settled(f"/apps/shop/releases/{release['id']}"))["status"] == "succeeded"
    details = await api.get(f"/apps/shop/slugs/{slug}")
    assert details["process_types"] == {"release": "migrate", "web": "serve"}


async def test_a_release_is_of_a_slug_or_of_an_earlier_release(api: Api) -> None:
    await api.app()

    for body in ({}, {"slug": "a", "release": "b"}):
        assert (await api.refusal("POST", "/apps/shop/releases", body))[0] == 422
    assert (await api.refusal("POST", "/apps/shop/releases", {"slug": "a"}))[0] == 404
