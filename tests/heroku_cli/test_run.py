"""`heroku run` with a real dyno."""

from __future__ import annotations

import io
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from localheroku import app
from localheroku.core.state import Settings
from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api
from tests.localheroku.fake_backends import FakeBackends

pytestmark = [pytest.mark.e2e, pytest.mark.long]


@pytest.fixture
async def api(settings: Settings, tmp_path: Path) -> AsyncIterator[Api]:
    """Run a local Heroku with real dynos, and an app whose slug is one file."""
    async with app.LocalHeroku(settings) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        api = Api(settings.url, key, session, heroku, FakeBackends.of(tmp_path / "unused"))
        await api.app()
        types = {"greet": "cat greeting"}
        slug = await api.post("/apps/shop/slugs", {"process_types": types})
        async with session.put(slug["blob"]["url"], data=greeting()) as response:
            assert response.status == 200
        await api.post("/apps/shop/releases", {"slug": slug["id"]})
        yield api


def greeting() -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as slug:
        entry = tarfile.TarInfo("./app/greeting")
        entry.size = 6
        slug.addfile(entry, io.BytesIO(b"hello\n"))
    return archive.getvalue()


async def test_a_command_runs_in_a_dyno(heroku: Heroku, api: Api) -> None:
    app = ("--app", "shop")
    output = await heroku("run", *app, "--env", "A=b", "--", "greet ; echo $A")
    assert (output.stdout, "up, run." in output.stderr) == ("hello\nb\n", True)


async def test_its_input_and_its_status_are_passed_on(heroku: Heroku, api: Api) -> None:
    app = ("--app", "shop")
    output = await heroku("run", *app, "--no-tty", "--", "cat", stdin="typed\n")
    assert output.stdout == "typed\n"
    output = await heroku("run", *app, "--exit-code", "--", "sh -c 'exit 3'", exit_code=3)
    assert "Process exited with code 3" in output.stderr


async def test_a_detached_dyno_is_listed_and_stopped(heroku: Heroku, api: Api) -> None:
    app = ("--app", "shop")
    output = await heroku("run:detached", *app, "sleep 60")
    assert "heroku logs --app shop --dyno run." in output.stdout
    (dyno,) = await api.get("/apps/shop/dynos")
    assert dyno["name"] in (await heroku("ps", *app)).stdout
    await heroku("ps:stop", *app, "--dyno-name", dyno["name"])
    assert await api.get("/apps/shop/dynos") == []
