"""A local Heroku that a test calls without awaiting: it runs only during a call."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from localheroku.app import LocalHeroku
from localheroku.core.record import Record
from localheroku.core.state import Settings
from tests.localheroku.client import Answer, Api
from tests.localheroku.fake_backends import FakeBackends
from tests.localheroku.operations.model import OPS, PEOPLE
from tests.ports import free_port

LASTING = ("User", "Team", "Member", "Authorization", "Client", "Token")


@dataclass
class Heroku:
    """A local Heroku that each of `people` calls with their own key."""

    runner: asyncio.Runner
    people: dict[str, Api]
    sources: dict[tuple[str, ...], str]

    def call(self, who: str, method: str, path: str, body: object = None) -> Answer:
        return self.runner.run(self.people[who].call(method, path, body))

    def get(self, who: str, path: str) -> Any:
        answer = self.call(who, "GET", path)
        assert answer.status in (200, 206), answer
        return answer.body

    def delete(self, who: str, path: str) -> None:
        answer = self.call(who, "DELETE", path)
        assert answer.status == 200, answer

    def left(self) -> list[str]:
        """Return the kinds of all records except people, their keys and their team."""
        local, backends = self.people[OPS].heroku, self.people[OPS].backends
        kinds = [kind for kind in Record.__subclasses__() if kind.__name__ not in LASTING]
        services = (backends.postgres, backends.memcachier)
        return [
            *(kind.__name__ for kind in kinds for _ in local.platform.store.every(kind)),
            *(addon for service in services for addon in service.present),
            *backends.dynos.running,
        ]

    def settled(self, who: str, path: str) -> Any:
        return self.runner.run(self.people[who].settled(path))

    def source(self, slug: tuple[str, ...]) -> str:
        """Return the URL of a source with these process types; without any it cannot be built."""
        if slug not in self.sources:
            procfile = "".join(f"{type_}: run {type_}\n" for type_ in slug) or None
            self.sources[slug] = self.runner.run(self.people[OPS].upload(procfile))
        return self.sources[slug]


@contextmanager
def heroku(data: Path) -> Iterator[Heroku]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        api = runner.run(_started(data, stack))
        try:
            yield Heroku(runner, {OPS: api, **{p: api.of(p) for p in PEOPLE if p != OPS}}, {})
        finally:
            runner.run(stack.aclose())


async def _started(data: Path, stack: AsyncExitStack) -> Api:
    settings = Settings(data, free_port(), OPS, "acme")
    backends = FakeBackends.of(data)
    local = await stack.enter_async_context(LocalHeroku(settings, backends.create))
    session = await stack.enter_async_context(ClientSession())
    await local.platform.readiness.dynos.wait()
    return Api(settings.url, (data / "api-key").read_text().strip(), session, local, backends)
