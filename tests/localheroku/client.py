"""A client of a local Heroku that checks the shape of every answer it gets."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import ClientSession, encode_basic_auth

from localheroku.api import endpoints
from localheroku.api.account import models as accounts
from localheroku.api.endpoint import Routes
from localheroku.api.oauth import models as authorizations
from localheroku.api.oauth.models import NewAuthorization
from localheroku.app import LocalHeroku
from tests.localheroku import answers, published_schema
from tests.localheroku.fake_backends import FakeBackends

ACCEPT = "application/vnd.heroku+json; version=3"
ROUTES = Routes(endpoints())


def check(method: str, path: str, status: int, body: Any) -> None:
    """Fail unless Heroku could give this answer to such a call."""
    if status >= 400:
        answers.check_error(body)
    elif status < 300:
        found = ROUTES.find(method, path)
        assert found
        answers.check(found[0], body)
        published_schema.check(found[0].name, body)


def check_recorded(calls: Iterable[Mapping[str, Any]]) -> None:
    """Check the recorded calls of any client; Git and streams have no such answers."""
    for call in calls:
        if ROUTES.find(call["method"], call["path"]):
            check(call["method"], call["path"], call["status"], call["response"])


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class Api:
    """One local Heroku, its API key and its fake backends."""

    url: str
    key: str
    session: ClientSession
    heroku: LocalHeroku
    backends: FakeBackends

    def of(self, email: str) -> Api:
        """Return the same local Heroku, called with a key of this person."""
        platform = self.heroku.platform
        account = accounts.known(platform, email)
        made = authorizations.create(platform, account, NewAuthorization())
        return replace(self, key=authorizations.key_of(platform, made) or "")

    async def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Call the API and check the shape of the answer."""
        async with self.session.request(
            method,
            f"{self.url}{path}",
            data=None if body is None else io.BytesIO(json.dumps(body).encode()),
            headers={
                "Accept": ACCEPT,
                "Authorization": encode_basic_auth("", self.key),
                **(headers or {}),
            },
        ) as response:
            text = await response.text()
            answer = Answer(response.status, response.headers, json.loads(text) if text else None)
        check(method, path.partition("?")[0], answer.status, answer.body)
        return answer

    async def get(self, path: str, **headers: str) -> Any:
        return await self._succeed("GET", path, None, headers)

    async def post(self, path: str, body: object = None) -> Any:
        return await self._succeed("POST", path, body)

    async def patch(self, path: str, body: object) -> Any:
        return await self._succeed("PATCH", path, body)

    async def put(self, path: str, body: object) -> Any:
        return await self._succeed("PUT", path, body)

    async def delete(self, path: str) -> Any:
        return await self._succeed("DELETE", path, None)

    async def refusal(self, method: str, path: str, body: object = None) -> tuple[int, str, str]:
        """Return status, id and message of a call that must fail."""
        answer = await self.call(method, path, body)
        assert answer.status >= 400, answer
        return answer.status, answer.body["id"], answer.body["message"]

    async def _succeed(
        self, method: str, path: str, body: object, headers: Mapping[str, str] | None = None
    ) -> Any:
        answer = await self.call(method, path, body, headers)
        assert answer.status < 300, answer
        return answer.body

    async def app(self, name: str = "shop", **fields: object) -> Any:
        """Create a personal app."""
        return await self.post("/apps", {"name": name, **fields})

    async def team_app(self, name: str = "team-shop", **fields: object) -> Any:
        """Create an app of the team; return it as the account's list of apps has it."""
        await self.post("/teams/apps", {"name": name, "team": "acme", **fields})
        return await self.get(f"/apps/{name}")

    async def addon(self, plan: str, app: str = "shop", **fields: object) -> Any:
        return await self.post(f"/apps/{app}/addons", {"plan": plan, **fields})

    async def upload(self, procfile: str | None) -> str:
        """Upload a source with this Procfile; return the URL for a build."""
        source = (await self.post("/sources"))["source_blob"]
        async with self.session.put(source["put_url"], data=archive(procfile)) as response:
            assert response.status == 200
        return str(source["get_url"])

    async def build(self, procfile: str | None, app: str = "shop", **source: str) -> Any:
        """Build this source and return the ended build."""
        url = await self.upload(procfile)
        build = await self.post(
            f"/apps/{app}/builds", {"source_blob": {"url": url, "version": "1f2e3d4c5b", **source}}
        )
        return await self.settled(f"/apps/{app}/builds/{build['id']}")

    async def settled(self, path: str) -> Any:
        """Return the resource at the path once it is no longer pending."""
        for _ in range(6000):
            if (found := await self.get(path))["status"] != "pending":
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(f"{path} is still pending")

    async def text(self, url: str) -> str:
        """Return the text of a stream, read to its end."""
        async with self.session.get(url) as response:
            assert response.status == 200
            return await response.text()


def archive(procfile: str | None, hook: str | None = None) -> bytes:
    """Return the archive of a source, with or without a Procfile and bin/post_compile."""
    packed = io.BytesIO()
    files = {"requirements.txt": "# none\n", "Procfile": procfile, "bin/post_compile": hook}
    with tarfile.open(fileobj=packed, mode="w") as source:
        for name, text in files.items():
            if text is not None:
                entry = tarfile.TarInfo(name)
                entry.size = len(text.encode())
                source.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()
