"""Celery, with its worker and its beat as dynos, on a Heroku Key-Value Store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from localheroku.addons import leave
from localheroku.app import LocalHeroku
from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.dynos.test_builder import pack
from tests.localheroku.fake_backends import FakeBackends

pytestmark = pytest.mark.e2e

TASKS = """\
import os
import ssl

import celery
import redis

URL = os.environ["REDIS_URL"]
# https://devcenter.heroku.com/articles/connecting-heroku-redis#connecting-in-python
TLS = {"ssl_cert_reqs": ssl.CERT_NONE}
app = celery.Celery("tasks", broker=URL, backend=URL)
app.conf.broker_use_ssl = app.conf.redis_backend_use_ssl = TLS
app.conf.beat_schedule = {"often": {"task": "tasks.count", "schedule": 0.2}}


@app.task
def add(a, b):
    return a + b


@app.task
def count():
    with redis.Redis.from_url(URL, ssl_cert_reqs=None) as client:
        client.incr("counted")
"""
WEB = """\
import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import redis

import tasks


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        total = tasks.add.delay(2, 3).get(timeout=30)
        with redis.Redis.from_url(tasks.URL, ssl_cert_reqs=None) as client:
            counted = int(client.get("counted") or 0)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"total": total, "counted": counted}).encode())


HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""
CELERY = "celery --app tasks --quiet"
PROCFILE = f"""\
web: python web.py
worker: {CELERY} worker --pool solo --without-gossip --without-mingle
beat: {CELERY} beat
"""
REQUIREMENTS = """\
amqp==5.3.1
billiard==4.2.4
celery==5.5.3
click==8.3.1
click-didyoumean==0.3.1
click-plugins==1.1.1.2
click-repl==0.3.0
kombu==5.5.4
packaging==25.0
prompt-toolkit==3.0.52
python-dateutil==2.9.0.post0
redis==5.2.1
six==1.17.0
tzdata==2025.2
vine==5.1.0
wcwidth==0.2.14
"""
SOURCE = {
    "Procfile": PROCFILE,
    "requirements.txt": REQUIREMENTS,
    "tasks.py": TASKS,
    "web.py": WEB,
}


@pytest.fixture(autouse=True)
def nothing_left(settings: Settings) -> Iterator[None]:
    yield
    leave(settings.data)


async def page(api: Api) -> dict[str, int]:
    headers = {"Host": "shop.localhost"}
    async with api.session.get(api.url, headers=headers) as response:
        assert response.status == 200, await response.text()
        found: dict[str, int] = json.loads(await response.text())
        return found


async def test_tasks_and_a_schedule_run_over_tls(
    settings: Settings, backends: FakeBackends, tmp_path: Path
) -> None:
    async with LocalHeroku(settings) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        api = Api(settings.url, key, session, heroku, backends)
        app = await api.app()
        await api.addon("heroku-redis:mini")
        url = (await api.get("/apps/shop/config-vars"))["REDIS_URL"]
        assert url.startswith("rediss://")
        source = (await api.post("/sources"))["source_blob"]
        archive = pack(tmp_path / "source.tgz", SOURCE).read_bytes()
        async with session.put(source["put_url"], data=archive) as answer:
            assert answer.status == 200
        request = {"source_blob": {"url": source["get_url"]}}
        build = await api.post("/apps/shop/builds", request)
        build = await api.settled(f"/apps/shop/builds/{build['id']}")
        assert build["status"] == "succeeded", await api.text(build["output_stream_url"])
        processes = [{"type": type_, "quantity": 1} for type_ in ("worker", "beat")]
        await api.patch("/apps/shop/formation", {"updates": processes})

        assert (await page(api))["total"] == 5

        for _ in range(100):
            if (await page(api))["counted"]:
                break
            await asyncio.sleep(0.1)
        assert (await page(api))["counted"], heroku.platform.backends.logs.tail(app["id"], 100)
