"""A client of the control API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from localheroku.app import LocalHeroku
from localheroku.core.state import Settings
from tests.localheroku.client import Api
from tests.localheroku.fake_backends import FakeBackends


@dataclass
class ControlClient:
    """The `/_local/` of one local Heroku; its key is enough, no Accept header is needed."""

    api: Api

    async def call(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any]:
        async with self.api.session.request(
            method,
            f"{self.api.url}/_local{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.api.key}", **headers},
        ) as response:
            return response.status, await response.json(content_type=None)

    async def get(self, path: str) -> Any:
        return await self._succeed("GET", path)

    async def post(self, path: str, body: object = None) -> Any:
        return await self._succeed("POST", path, body)

    async def patch(self, path: str, body: object) -> Any:
        return await self._succeed("PATCH", path, body)

    async def delete(self, path: str) -> Any:
        return await self._succeed("DELETE", path)

    async def refusal(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        status, answer = await self.call(method, path, body)
        assert status >= 400, answer
        return status, answer["message"]

    async def fault(self, kind: str, **fields: object) -> Any:
        return await self.post("/faults", {"kind": kind, **fields})

    async def clear(self) -> None:
        await self.delete("/faults")

    async def advance(self, seconds: float) -> None:
        await self.patch("/clock", {"advance": seconds})

    async def settled_addon(self, identity: str) -> Any:
        """Return the add-on once it is no longer provisioning."""
        for _ in range(6000):
            addon = await self.api.get(f"/addons/{identity}")
            if addon["state"] != "provisioning":
                return addon
            await asyncio.sleep(0.01)
        raise AssertionError(f"{identity} is still provisioning")

    async def _succeed(self, method: str, path: str, body: object = None) -> Any:
        status, answer = await self.call(method, path, body)
        assert status < 300, answer
        return answer


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[ControlClient]:
    """Run a local Heroku while the block runs."""
    backends = FakeBackends.of(settings.data)
    async with LocalHeroku(settings, backends.create) as heroku, ClientSession() as session:
        key = (settings.data / "api-key").read_text().strip()
        await heroku.platform.readiness.dynos.wait()
        yield ControlClient(Api(settings.url, key, session, heroku, backends))
