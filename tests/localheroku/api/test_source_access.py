"""Access to the source code of an app."""

from __future__ import annotations

from typing import Any

import pytest

from tests.localheroku.api.test_slugs import packed, uploaded
from tests.localheroku.client import Api, archive

PROCFILE = "web: serve"


async def viewer(api: Api, app: str) -> Api:
    """Return the API of a user who has only the permission to view the app."""
    access = {"user": "dev@acme.example", "permissions": ["view"]}
    await api.post(f"/teams/apps/{app}/collaborators", access)
    return api.of("dev@acme.example")


async def status(api: Api, method: str, url: str, body: bytes | None = None) -> int:
    """Return the response status of a URL that contains its own key."""
    async with api.session.request(method, url, data=body) as response:
        return response.status


async def test_an_upload_has_separate_keys_for_reading_and_writing(api: Api) -> None:
    await api.app()
    for path in ("/sources", "/apps/shop/sources"):
        urls = (await api.post(path))["source_blob"]
        assert await status(api, "PUT", urls["put_url"], archive(PROCFILE)) == 200

        assert await status(api, "PUT", urls["get_url"], archive("web: evil")) == 404
        assert await status(api, "GET", urls["put_url"]) == 404
        async with api.session.get(urls["get_url"]) as response:
            assert await response.read() == archive(PROCFILE)


async def test_read_access_to_a_slug_does_not_allow_replacing_it(api: Api) -> None:
    await api.app()
    archive = packed(index="hello")
    made = await uploaded(api, archive)
    url = (await api.get(f"/apps/shop/slugs/{made['id']}"))["blob"]["url"]

    assert await status(api, "PUT", url, packed(index="evil")) == 404
    assert await status(api, "GET", made["blob"]["url"]) == 404
    async with api.session.get(url) as response:
        assert await response.read() == archive


async def test_the_slug_of_a_build_cannot_be_replaced(api: Api) -> None:
    await api.app()
    build = await api.build(PROCFILE)
    url = (await api.get(f"/apps/shop/slugs/{build['slug']['id']}"))["blob"]["url"]

    assert await status(api, "PUT", url, packed(index="evil")) == 404
    assert await status(api, "PUT", f"{api.url}/streams/slug?key=", packed(index="evil")) == 404


async def test_a_viewer_of_an_app_does_not_see_its_source_url(api: Api) -> None:
    await api.team_app()
    build = await api.build(PROCFILE, "team-shop")
    path = f"/apps/team-shop/builds/{build['id']}"
    dev = await viewer(api, "team-shop")

    seen = [await dev.get(path), *(await dev.get("/apps/team-shop/builds"))]

    assert {one["source_blob"]["url"] for one in seen} == {f"{api.url}/"}
    whole = (await api.get(path))["source_blob"]["url"]
    assert await status(api, "GET", whole) == 200
    refused = await dev.refusal("GET", f"/apps/team-shop/slugs/{build['slug']['id']}")
    assert refused[0] == 403


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        ("https://user:word@code.example:8443/a/b.tgz?sig=c#d", "https://code.example:8443/"),
        ("http://127.0.0.1:9/source.tgz", "http://127.0.0.1:9/"),
    ],
)
async def test_an_external_source_url_is_shown_without_credentials(
    api: Api, url: str, redacted: str
) -> None:
    await api.team_app()
    build: Any = await api.post("/apps/team-shop/builds", {"source_blob": {"url": url}})
    await api.settled(f"/apps/team-shop/builds/{build['id']}")
    dev = await viewer(api, "team-shop")

    (seen,) = await dev.get("/apps/team-shop/builds")

    assert seen["source_blob"]["url"] == redacted


async def test_a_viewer_of_a_pipeline_does_not_see_its_source_url(
    api: Api,
) -> None:
    app = await api.team_app()
    await api.post("/pipelines", {"name": "acme", "owner": await team(api)})
    await api.post(
        "/pipeline-couplings", {"app": app["id"], "pipeline": "acme", "stage": "staging"}
    )
    url = await api.upload(PROCFILE)
    commit = {"commit_branch": "main", "commit_message": "Work", "commit_sha": "1f2e3d"}
    run = await api.post("/test-runs", {**commit, "pipeline": "acme", "source_blob_url": url})
    dev = await viewer(api, "team-shop")

    await api.build(PROCFILE, "team-shop")

    assert run["source_blob_url"] == url
    (latest,) = await dev.get("/pipelines/acme/latest-builds")
    assert latest["source_blob"]["url"] == f"{api.url}/"
    for path in (f"/test-runs/{run['id']}", f"/pipelines/acme/test-runs/{run['number']}"):
        assert (await dev.get(path))["source_blob_url"] == f"{api.url}/"


async def team(api: Api) -> dict[str, str]:
    (one,) = await api.get("/teams")
    return {"id": one["id"], "type": "team"}
