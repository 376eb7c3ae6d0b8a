"""Stopping while work is running: waiting clients get an answer, and no process is left."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from dynostack.local.server import ServerProcess
from localheroku.addons.lookup import working_below
from localheroku.addons.memcached import Memcached
from tests.localheroku.client import archive
from tests.worlds import server_in

pytestmark = [pytest.mark.e2e, pytest.mark.long]
HOOK = "touch $CACHE_DIR/begun\nexec python -c 'import time; time.sleep(600)' $BUILD_DIR\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = server_in(tmp_path)
    server.start()
    yield server
    server.leave()


def test_a_stop_leaves_no_process(server: ServerProcess) -> None:
    server.post("/apps", {"name": "shop"})
    for plan in ("heroku-postgresql:essential-0", "memcachier:dev"):
        server.post("/apps/shop/addons", {"plan": plan})
    build = begin_build(server)
    with ThreadPoolExecutor(1) as pool:
        follower = pool.submit(lambda: list(server.logs("shop", 10, follow=True)))
        assert len(own(server)) > 2
        time.sleep(0.5)

        assert server.stop()

        assert follower.result(60)
    assert own(server) == []
    assert working_below(Memcached.PROGRAMS, server.data / "memcachier") == []
    server.start()
    assert server.get(f"/apps/shop/builds/{build}")["status"] == "failed"
    states = [addon["state"] for addon in server.get("/apps/shop/addons")]
    assert states == ["provisioned", "provisioned"]


def begin_build(server: ServerProcess) -> str:
    """Start a build that does not end by itself."""
    source = server.post("/sources", {})["source_blob"]
    place = urlsplit(source["put_url"])
    connection = http.client.HTTPConnection(place.netloc)
    connection.request("PUT", f"{place.path}?{place.query}", archive("web: serve", HOOK))
    assert connection.getresponse().status == 200
    connection.close()
    build = server.post("/apps/shop/builds", {"source_blob": {"url": source["get_url"]}})
    while not list(server.data.glob("build_caches/*/begun")):
        assert server.get(f"/apps/shop/builds/{build['id']}")["status"] == "pending"
        time.sleep(0.02)
    return str(build["id"])


def own(server: ServerProcess) -> list[list[str]]:
    """Return the command lines that name the local Heroku's folder, or its database server's."""
    places = (str(server.data), str((server.data / "heroku-postgresql/cluster").resolve()))
    found = []
    for process in psutil.process_iter(["cmdline"]):
        with suppress(psutil.NoSuchProcess):
            words = process.info["cmdline"] or []
            if any(place in word for word in words for place in places):
                found.append(words)
    return found
