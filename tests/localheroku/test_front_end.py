"""A Django site whose front end Node.js builds, on a real local Heroku."""

from __future__ import annotations

import io
import json
import platform
import tarfile
from typing import Any

import pytest
from aiohttp import ClientSession

from localheroku.app import LocalHeroku
from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.dynos.buildpacks import sources
from tests.localheroku.fake_backends import FakeBackends

pytestmark = pytest.mark.e2e

BUNDLE = """
const fs = require("fs"), isNumber = require("is-number");
fs.mkdirSync("static");
const source = fs.readFileSync("front/app.js", "utf8");
fs.writeFileSync("static/app.js", source.replace("IS", isNumber(4)));
"""
SETTINGS = """
from pathlib import Path
BASE_DIR = Path(__file__).parent
SECRET_KEY = "only-for-this-test"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]
ROOT_URLCONF = "urls"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
"""
URLS = """
import os, shutil
from django.http import JsonResponse
from django.urls import path

def index(request):
    seen = {name: os.environ.get(name) for name in ("NODE_ENV", "WEB_CONCURRENCY_SET_BY")}
    return JsonResponse(seen | {"node": bool(shutil.which("node"))})

urlpatterns = [path("", index)]
"""
MANAGE = """
import os, sys
from django.core.management import execute_from_command_line
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
execute_from_command_line(sys.argv)
"""
WSGI = """
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
application = get_wsgi_application()
"""
FILES = {
    ".python-version": ".".join(platform.python_version_tuple()[:2]),
    "Procfile": "release: node --print '6 * 7'\nweb: gunicorn wsgi",
    "front/app.js": "console.log('a number:', IS);\n",
    "front/bundle.js": BUNDLE,
    "heroku.yml": "build:\n  docker:\n    web: Dockerfile\n",
    "manage.py": MANAGE,
    "package.json": json.dumps(
        {
            "private": True,
            "engines": {"node": sources.MAJOR},
            "scripts": {"build": "node front/bundle.js"},
            "devDependencies": {"is-number": "7.0.0"},
        }
    ),
    "requirements.txt": (
        "asgiref==3.13.0\ndjango==5.2.19\ngunicorn==27.0.1\npackaging==26.2\nsqlparse==0.6.1\n"
        "whitenoise==6.12.0\n"
    ),
    "settings.py": SETTINGS,
    "urls.py": URLS,
    "wsgi.py": WSGI,
}
BUILDPACKS = ("https://example.com/pack.git", "heroku/nodejs", "heroku/python")


@pytest.mark.long
async def test_a_front_end_is_built_and_served(settings: Settings, backends: FakeBackends) -> None:
    async with LocalHeroku(settings) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        api = Api(settings.url, key, session, heroku, backends)
        await api.app()
        updates = [{"buildpack": each} for each in BUILDPACKS]
        await api.put("/apps/shop/buildpack-installations", {"updates": updates})

        build = await built(api)

        output = await api.text(build["output_stream_url"])
        assert build["status"] == "succeeded", output
        steps = ("Node.js app detected", "Running build", "Python app detected", "collectstatic")
        places = [output.index(step) for step in steps]
        assert places == sorted(places)
        assert " !     the buildpack https://example.com/pack.git is not run here" in output
        assert " !     heroku.yml: no Docker image is built here" in output
        assert "42" in output.splitlines()
        assert await page(api, "/static/app.js") == "console.log('a number:', true);\n"
        assert json.loads(await page(api, "/")) == {
            "NODE_ENV": "production",
            "WEB_CONCURRENCY_SET_BY": "heroku/python",
            "node": True,
        }
        assert (await api.get("/apps/shop"))["buildpack_provided_description"] == "Python"


async def built(api: Api) -> dict[str, Any]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as source:
        for name, text in FILES.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            source.addfile(entry, io.BytesIO(text.encode()))
    blob = (await api.post("/sources"))["source_blob"]
    async with api.session.put(blob["put_url"], data=packed.getvalue()) as response:
        assert response.status == 200
    build = await api.post("/apps/shop/builds", {"source_blob": {"url": blob["get_url"]}})
    found: dict[str, Any] = await api.settled(f"/apps/shop/builds/{build['id']}")
    return found


async def page(api: Api, path: str) -> str:
    host = {"Host": "shop.localhost"}
    async with api.session.get(f"{api.url}{path}", headers=host) as response:
        return await response.text()
