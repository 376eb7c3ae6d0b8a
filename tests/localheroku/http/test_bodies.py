"""Bodies that are compressed, claim to be, or are incomplete."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import tracemalloc
import zlib
from typing import Any

import pytest
from aiohttp import encode_basic_auth
from yarl import URL

from localheroku.core.state import Settings
from tests.localheroku.client import ACCEPT, Api, archive
from tests.localheroku.control.control_client import ControlClient
from tests.localheroku.dynos.slugs import until

GZIP_BITS = 31
CREATE = json.dumps({"name": "shop"}).encode()


async def created(api: Api, body: bytes, coding: str) -> tuple[int, dict[str, Any], str | None]:
    """Create an app with such a body; return status, document and the accepted encodings."""
    headers = {
        "Accept": ACCEPT,
        "Authorization": encode_basic_auth("", api.key),
        "Content-Encoding": coding,
    }
    async with api.session.post(
        f"{api.url}/apps", data=io.BytesIO(body), headers=headers
    ) as answer:
        return answer.status, await answer.json(), answer.headers.get("Accept-Encoding")


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(CREATE, mtime=0)),
        ("X-Gzip", gzip.compress(CREATE[:5], mtime=0) + gzip.compress(CREATE[5:], mtime=0)),
        ("identity", CREATE),
    ],
    ids=["gzip", "two-members", "identity"],
)
async def test_a_body_may_be_compressed(api: Api, coding: str, body: bytes) -> None:
    await ControlClient(api).patch("/recorder", {"on": True})

    status, app, _ = await created(api, body, coding)

    assert (status, app["name"]) == (201, "shop")
    (call,) = await ControlClient(api).get("/recorder/calls")
    assert call["request"] == {"name": "shop"}


@pytest.mark.parametrize("strikes", [False, True], ids=["", "while-faults-are-looked-for"])
@pytest.mark.parametrize(
    "body",
    [CREATE, gzip.compress(CREATE, mtime=0)[:-4], gzip.compress(CREATE, mtime=0)[:9] + b"\xff"],
    ids=["plain", "short", "noise"],
)
async def test_a_body_with_a_wrong_content_encoding_is_rejected(
    api: Api, body: bytes, strikes: bool
) -> None:
    if strikes:
        await ControlClient(api).fault("latency", path="/elsewhere")

    status, error, _ = await created(api, body, "gzip")

    assert (status, error["id"]) == (400, "bad_request")
    assert error["message"] == (
        "The request body is not gzip, although its Content-Encoding is gzip."
    )
    assert await api.get("/apps") == []


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip"])
async def test_other_compressions_are_rejected(api: Api, coding: str) -> None:
    status, error, accepted = await created(api, CREATE, coding)

    assert (status, error["id"], accepted) == (415, "unsupported_media_type", "gzip")
    assert error["message"] == (
        f"The request body's Content-Encoding is {coding}: send it without one, or compressed "
        "with gzip."
    )


async def test_a_body_has_its_limit_once_it_is_decompressed(api: Api) -> None:
    packing = zlib.compressobj(wbits=GZIP_BITS)
    bomb = b"".join(packing.compress(bytes(1 << 20)) for _ in range(256)) + packing.flush()
    tracemalloc.start()
    try:
        status, error, _ = await created(api, bomb, "gzip")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (status, error["id"]) == (413, "bad_request")
    assert most < 16 << 20


@pytest.mark.parametrize("method_and_path", ["PATCH /apps/shop", "PUT source", "PUT slug"])
async def test_a_client_that_disconnects_early_is_not_an_internal_error(
    api: Api, settings: Settings, caplog: pytest.LogCaptureFixture, method_and_path: str
) -> None:
    await api.app()
    source = (await api.post("/sources"))["source_blob"]
    slug = await api.post("/apps/shop/slugs", {"process_types": {"web": "serve"}})
    method, _, path = method_and_path.partition(" ")
    places = {"source": source["put_url"], "slug": slug["blob"]["url"]}
    target = URL(places[path]).path_qs if path in places else path
    _, writer = await asyncio.open_connection("127.0.0.1", settings.port)

    head = (
        f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {ACCEPT}\r\n"
        f"Authorization: Bearer {api.key}\r\nContent-Length: 1000\r\n\r\n"
    )
    writer.write(head.encode() + b'{"')
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    log = settings.data / "requests.jsonl"
    await until(lambda: json.loads(log.read_text().splitlines()[-1])["method"] == method)
    assert json.loads(log.read_text().splitlines()[-1])["status"] == 400
    assert caplog.records == []
    assert (await api.get("/apps/shop"))["name"] == "shop"


async def test_an_uploaded_source_is_stored_unchanged(api: Api) -> None:
    """Check a compressed source, which stays as it is, whatever its Content-Encoding."""
    await api.app()
    packed = gzip.compress(archive("web: serve"))
    source = (await api.post("/sources"))["source_blob"]
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/gzip"}
    async with api.session.put(source["put_url"], data=packed, headers=headers) as answer:
        assert answer.status == 200

    async with api.session.get(source["get_url"]) as answer:
        assert await answer.read() == packed
    body = {"source_blob": {"url": source["get_url"], "version": "1"}}
    build = await api.post("/apps/shop/builds", body)
    build = await api.settled(f"/apps/shop/builds/{build['id']}")
    assert build["status"] == "succeeded"
