"""Slugs that clients upload, release and download."""

from __future__ import annotations

import asyncio
import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from localheroku.app import LocalHeroku
from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.fake_backends import FakeBackends

WEB = {"web": "python3 -m http.server --bind 127.0.0.1 $PORT"}


def packed(**files: str) -> bytes:
    """Return an archive with files below ./app."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as slug:
        folder = tarfile.TarInfo("./app")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        slug.addfile(folder)
        for name, text in files.items():
            entry = tarfile.TarInfo(f"./app/{name}")
            entry.size = len(text)
            slug.addfile(entry, io.BytesIO(text.encode()))
    return archive.getvalue()


async def uploaded(api: Api, archive: bytes, **fields: object) -> Any:
    """Create a slug and upload its archive."""
    slug = await api.post("/apps/shop/slugs", {"process_types": WEB, **fields})
    blob = slug["blob"]
    async with api.session.request(blob["method"], blob["url"], data=archive) as response:
        assert response.status == 200
    return slug


async def test_an_uploaded_slug_is_released_and_read_again(api: Api) -> None:
    app = await api.app()
    archive = packed(index="hello")
    checksum = f"SHA256:{hashlib.sha256(archive).hexdigest()}"

    made = await uploaded(api, archive, checksum=checksum, commit="1f2e3d", stack="heroku-22")
    release = await api.post("/apps/shop/releases", {"slug": made["id"], "description": "Mine"})

    assert (made["blob"]["method"], made["size"]) == ("put", None)
    assert (release["slug"], release["status"]) == ({"id": made["id"]}, "succeeded")
    details = await api.get(f"/apps/shop/slugs/{made['id']}")
    assert (details["size"], details["checksum"], details["commit"]) == (
        len(archive),
        checksum,
        "1f2e3d",
    )
    assert (details["process_types"], details["stack"]["name"]) == (WEB, "heroku-22")
    async with api.session.get(details["blob"]["url"]) as response:
        assert await response.read() == archive
    current = await api.get("/apps/shop")
    assert (current["slug_size"], current["stack"]["name"]) == (len(archive), "heroku-22")
    assert app["stack"]["name"] != "heroku-22"


async def test_the_slug_of_a_build_can_be_downloaded(api: Api) -> None:
    await api.app()
    build = await api.build("web: serve")
    slug = await api.get(f"/apps/shop/slugs/{build['slug']['id']}")

    assert await api.text(slug["blob"]["url"]) == f"packed {slug['id']}"


async def test_a_slug_without_a_usable_archive_is_not_released(api: Api) -> None:
    await api.app()
    empty = await api.post("/apps/shop/slugs", {"process_types": WEB})
    broken = await uploaded(api, b"no archive")
    other = await uploaded(api, packed(), checksum=f"sha256:{'0' * 64}")

    refusals = [
        await api.refusal("POST", "/apps/shop/releases", {"slug": slug["id"]})
        for slug in (empty, broken, other)
    ]

    assert [(status, error) for status, error, _ in refusals] == [(422, "invalid_params")] * 3
    for (_, _, message), words in zip(
        refusals, ("has no archive yet", "cannot be used", "the checksum"), strict=True
    ):
        assert words in message
    assert len(await api.get("/apps/shop/releases")) == 1


@pytest.mark.parametrize("types", [{}, {"web": 1}, {"w b": "serve"}, {"web": "a\0"}])
async def test_process_types_are_names_and_commands(api: Api, types: object) -> None:
    await api.app()

    status, _, message = await api.refusal("POST", "/apps/shop/slugs", {"process_types": types})

    assert status == 422
    assert "gunicorn" in message


async def test_a_slug_belongs_to_its_app_and_goes_with_it(api: Api) -> None:
    await api.app()
    await api.app("other")
    slug = await uploaded(api, packed())

    path = f"/apps/other/slugs/{slug['id']}"
    assert await api.refusal("GET", path) == (404, "not_found", "Couldn't find that slug.")
    await api.delete("/apps/shop")
    async with api.session.get(slug["blob"]["url"]) as response:
        assert response.status == 404
    assert api.backends.builder.removed == [slug["id"]]


@pytest.mark.e2e
async def test_an_uploaded_slug_runs(settings: Settings, tmp_path: Path) -> None:
    async with LocalHeroku(settings) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        api = Api(settings.url, key, session, heroku, FakeBackends.of(tmp_path / "unused"))
        await api.app()
        slug = await uploaded(api, packed(greeting="from a slug"))
        await api.post("/apps/shop/releases", {"slug": slug["id"]})

        text = ""
        for _ in range(200):
            site = f"{api.url}/greeting"
            async with session.get(site, headers={"Host": "shop.localhost"}) as response:
                text = await response.text()
            if text == "from a slug":
                break
            await asyncio.sleep(0.05)
        assert text == "from a slug"

        build = await api.build(WEB["web"].join(("web: ", "")))
        blob = (await api.get(f"/apps/shop/slugs/{build['slug']['id']}"))["blob"]
        async with session.get(blob["url"]) as response:
            archive = io.BytesIO(await response.read())
        with tarfile.open(fileobj=archive) as made:
            assert "./app/Procfile" in made.getnames()
