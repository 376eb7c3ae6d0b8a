"""Builds, from the uploaded archive to the dynos."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from localheroku.core import uploads
from localheroku.workflows import builds
from tests.localheroku.client import Api, archive


async def test_a_source_becomes_a_slug_a_release_and_dynos(api: Api) -> None:
    app = await api.app()
    await api.patch("/apps/shop/config-vars", {"A": "1"})

    build = await api.build("web: serve\nworker: work")

    assert build["status"] == "succeeded"
    assert build["source_blob"]["version"] == "1f2e3d4c5b"
    release = await api.get(f"/apps/shop/releases/{build['release']['id']}")
    assert (release["description"], release["slug"]) == ("Deploy 1f2e3d4c", build["slug"])
    assert api.backends.builder.env == {"A": "1"}
    assert api.backends.builder.variables == {
        "STACK": "heroku-24",
        "SOURCE_VERSION": "1f2e3d4c5b",
    }
    runtime = api.backends.dynos.running[app["id"]]
    assert {type_: (p.command, p.quantity) for type_, p in runtime.formation.items()} == {
        "web": ("serve", 1),
        "worker": ("work", 0),
    }
    assert (await api.get("/apps/shop"))["slug_size"] > 0
    assert await api.get("/apps/shop/builds") == [build]
    assert api.backends.builder.earlier is None
    assert api.backends.builder.buildpacks == []
    await api.build("web: serve")
    assert api.backends.builder.earlier == runtime.slug


async def test_the_output_of_a_build_is_followed_while_it_grows(api: Api) -> None:
    app = await api.app()
    api.backends.builder.gate.clear()
    url = await api.upload("web: serve")
    build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
    async with api.session.get(build["output_stream_url"]) as response:
        first = await response.content.readline()
        assert first == b"-----> Building on the Heroku-24 stack\n"
        assert (await api.get(f"/apps/shop/builds/{build['id']}"))["status"] == "pending"

        api.backends.builder.gate.set()
        rest = await response.text()
    assert "-----> Discovering process types" in rest
    assert rest.endswith(f"Released v2\n       {app['web_url']} deployed to Heroku\n")
    assert await api.text(build["output_stream_url"]) == first.decode() + rest


async def test_a_source_that_cannot_be_built_fails_the_build(api: Api) -> None:
    await api.app()

    build = await api.build(None)

    assert (build["status"], build["slug"], build["release"]) == ("failed", None, None)
    assert (await api.text(build["output_stream_url"])).count("the source has no Procfile") == 1
    assert len(await api.get("/apps/shop/releases")) == 1


async def test_an_archive_must_match_its_checksum(api: Api) -> None:
    await api.app()
    checksum = hashlib.sha256(archive("web: serve")).hexdigest()

    right = await api.build("web: serve", checksum=f"SHA256:{checksum}")
    wrong = await api.build("web: serve", checksum=f"SHA256:{'0' * 64}")

    assert (right["status"], wrong["status"]) == ("succeeded", "failed")
    assert "checksum" in await api.text(wrong["output_stream_url"])


async def test_a_source_that_was_never_uploaded_fails_the_build(api: Api) -> None:
    await api.app()
    url = (await api.post("/apps/shop/sources"))["source_blob"]["get_url"]

    build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
    build = await api.settled(f"/apps/shop/builds/{build['id']}")

    assert build["status"] == "failed"
    assert "The source is empty: upload" in await api.text(build["output_stream_url"])


async def test_a_source_without_an_end_is_not_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.app()
    urls = (await api.post("/sources"))["source_blob"]
    async with api.session.put(urls["put_url"], data=archive("web: serve")) as response:
        assert response.status == 200
    monkeypatch.setattr(uploads, "LARGEST_BYTES", 20)
    monkeypatch.setattr(builds, "LARGEST_BYTES", 20)

    async with api.session.put(urls["put_url"], data=b"x" * 21) as refused:
        assert refused.status == 413
    build = await api.post("/apps/shop/builds", {"source_blob": {"url": urls["get_url"]}})

    assert (await api.settled(f"/apps/shop/builds/{build['id']}"))["status"] == "failed"
    assert "too large: the limit is 20 bytes" in await api.text(build["output_stream_url"])


async def test_an_unreachable_external_source_fails_the_build(api: Api) -> None:
    await api.app()

    for url in (f"{api.url}/streams/source?key=unknown", "http://127.0.0.1:9/source.tgz"):
        build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
        assert (await api.settled(f"/apps/shop/builds/{build['id']}"))["status"] == "failed"


async def test_a_build_shows_its_source_url(api: Api) -> None:
    await api.app()

    wrong: list[dict[str, object]] = [
        {},
        {"url": "file:///etc/passwd"},
        {"url": "http://["},
        {"url": "http://a", "more": 1},
    ]
    for source in wrong:
        refused = await api.refusal("POST", "/apps/shop/builds", {"source_blob": source})
        assert refused[0] == 422
    assert await api.get("/apps/shop/builds") == []


async def test_a_deleted_app_ends_its_build(api: Api) -> None:
    await api.app()
    api.backends.builder.gate.clear()
    url = await api.upload("web: serve")
    build = await api.post("/apps/shop/builds", {"source_blob": {"url": url}})
    reading = asyncio.create_task(api.text(build["output_stream_url"]))
    await asyncio.sleep(0.05)

    await api.delete("/apps/shop")

    assert "interrupted" in await reading
    async with api.session.get(build["output_stream_url"]) as response:
        assert response.status == 404
    assert (await api.refusal("GET", f"/apps/shop/builds/{build['id']}"))[0] == 404


async def test_the_next_build_gets_a_new_cache_after_clearing_it(api: Api) -> None:
    await api.app()
    await api.build("web: serve")
    await api.build("web: serve")

    emptied = await api.call("DELETE", "/apps/shop/build-cache")
    await api.build("web: serve")

    assert (emptied.status, emptied.body) == (202, {})
    first, second, third = api.backends.builder.caches
    assert first == second == ""
    assert third != ""


async def test_builds_come_in_the_order_they_started(api: Api) -> None:
    await api.app()
    built = [(await api.build("web: serve"))["id"] for _ in range(3)]
    assert sorted(each["id"] for each in await api.get("/apps/shop/builds")) == sorted(built)

    newest = {"Range": "started_at ..; max=2,order=desc"}
    first = await api.call("GET", "/apps/shop/builds", headers=newest)
    following = {"Range": first.headers["Next-Range"]}
    second = await api.call("GET", "/apps/shop/builds", headers=following)

    assert first.headers["Accept-Ranges"] == "started_at, id"
    assert (first.status, len(first.body), second.status) == (206, 2, 200)
    seen = [*first.body, *second.body]
    assert sorted(each["id"] for each in seen) == sorted(built)
    times = [each["created_at"] for each in seen]
    assert times == sorted(times, reverse=True)
