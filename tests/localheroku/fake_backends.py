"""Fakes of the backends, which record their calls, as the real ones would make tests slow."""

from __future__ import annotations

import asyncio
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from uuid import NAMESPACE_URL, uuid4, uuid5

from aiohttp import web

from localheroku.addons import KEY_VALUE_STORE, databases, stores
from localheroku.addons.postgres.operations import DatabaseOperations
from localheroku.addons.redis import Redis
from localheroku.core.addon_service import AddonRequest, ServiceFailed
from localheroku.core.backends import AppDirectory, Backends, BuildContext, SlugUnusable
from localheroku.core.runtime import AppRuntime, Dyno, DynoState, DynoWatcher, OneOff
from localheroku.core.state import Settings
from localheroku.core.terminal_line import LineSource
from localheroku.dynos.builder import BuildFailed
from localheroku.dynos.logs import LogStore


@dataclass
class FakeService:
    """A fake service; `suffixes` are the config vars that it gives; while `broken` it fails."""

    suffixes: Sequence[str]
    present: dict[str, AddonRequest] = field(default_factory=dict)
    started: list[AddonRequest] = field(default_factory=list)
    broken: bool = False
    closed: bool = False

    async def provision(self, request: AddonRequest) -> dict[str, str]:
        self._work()
        await asyncio.sleep(0)
        self.present[request.addon_id] = request
        return {suffix: f"{request.name}/{suffix}" for suffix in self.suffixes}

    async def change_plan(self, request: AddonRequest) -> None:
        self._work()
        self.present[request.addon_id] = request

    async def deprovision(self, addon_id: str) -> None:
        self._work()
        self.present.pop(addon_id, None)

    async def start(self, requests: Sequence[AddonRequest]) -> None:
        self._work()
        self.started = list(requests)

    async def close(self) -> None:
        self.closed = True

    def _work(self) -> None:
        if self.broken:
            raise ServiceFailed("the disk is full")


@dataclass(frozen=True)
class FakeSlug:
    id: str
    path: Path
    process_types: dict[str, str]
    size: int
    description: str = "Python"


@dataclass
class FakeBuilder:
    """Reads the Procfile and installs nothing. A build waits while `gate` is cleared."""

    data: Path
    env: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    earlier: Path | None = None
    buildpacks: Sequence[str] = ()
    caches: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def build(
        self,
        build_id: str,
        archive: Path,
        on_line: Callable[[str], None],
        context: BuildContext,
    ) -> FakeSlug:
        on_line(f"build {build_id}")
        self.env = dict(context.config_vars)
        self.variables = dict(context.variables)
        self.earlier = context.earlier
        self.buildpacks = context.buildpacks
        self.caches.append(context.cache)
        await self.gate.wait()
        with tarfile.open(archive) as source:
            # A pushed source is in one top folder.
            found = {"Procfile", "source/Procfile"}.intersection(source.getnames())
            if not found:
                on_line(" !     the source has no Procfile")
                raise BuildFailed("the source has no Procfile")
            procfile = source.extractfile(found.pop())
            assert procfile
            lines = procfile.read().decode().splitlines()
        on_line("-----> Discovering process types")
        types = dict(line.split(": ", 1) for line in lines)
        slug_id = str(uuid4())
        return FakeSlug(slug_id, self.data / "slugs" / slug_id, types, size=len(lines))

    async def install(self, slug_id: str, archive: Path) -> Path:
        try:
            with tarfile.open(archive) as slug:
                slug.getmember("./app")
        except (tarfile.TarError, KeyError) as error:
            raise SlugUnusable(error) from None
        return self.data / "slugs" / slug_id

    async def pack(self, slug_id: str, archive: Path) -> None:
        await asyncio.to_thread(archive.write_text, f"packed {slug_id}")

    async def forget_app(self, app_id: str) -> None:
        """Do nothing: there are no folders."""

    def prune(self, is_known: Callable[[str], bool]) -> None:
        """Do nothing: there are no folders."""

    async def forget(self, slug_id: str) -> None:
        self.removed.append(slug_id)

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


@dataclass
class FakeDynos:
    """Dynos that are up as soon as they are requested; a command `exit N` exits with N.

    No dyno starts while `start_gate` is cleared, no command ends while `gate` is. Commands of the
    app named `failing` exit with 1.
    """

    running: dict[str, AppRuntime] = field(default_factory=dict)
    applied: list[AppRuntime] = field(default_factory=list)
    ran: list[tuple[str, str]] = field(default_factory=list)
    last_runtime: AppRuntime | None = None
    restarted: list[tuple[str, str | None]] = field(default_factory=list)
    failing: str | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    start_gate: asyncio.Event = field(default_factory=asyncio.Event)
    one_off_requests: list[tuple[str, OneOff, LineSource | None]] = field(default_factory=list)
    watchers: list[DynoWatcher] = field(default_factory=list)
    closed: bool = False

    async def apply(self, runtime: AppRuntime) -> None:
        await self.start_gate.wait()
        before = {dyno.name: dyno for dyno in self.dynos(runtime.app_id)}
        self.applied.append(runtime)
        self.running[runtime.app_id] = runtime
        after = {dyno.name: dyno for dyno in self.dynos(runtime.app_id)}
        for name in sorted(before.keys() ^ after.keys()):
            for watcher in self.watchers:
                watcher(runtime.app_id, before.get(name), after.get(name))

    async def run(
        self, runtime: AppRuntime, command: str, process: str, on_line: Callable[[str], None]
    ) -> int:
        self.ran.append((process, command))
        self.last_runtime = runtime
        on_line(f"running {command}")
        await self.gate.wait()
        if runtime.app_name == self.failing:
            return 1
        verb, _, status = command.partition(" ")
        return int(status) if verb == "exit" else 0

    def dynos(self, app_id: str) -> list[Dyno]:
        runtime = self.running.get(app_id)
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        return [
            Dyno(
                id=str(uuid5(NAMESPACE_URL, f"{app_id}/{type_}.{number}")),
                name=f"{type_}.{number}",
                type=type_,
                command=spec.command,
                state=DynoState.UP,
                size=spec.size,
                created_at=moment,
                updated_at=moment,
                release=runtime.release if runtime else None,
            )
            for type_, spec in (runtime.formation.items() if runtime else ())
            for number in range(1, spec.quantity + 1)
        ]

    def start_once(self, runtime: AppRuntime, request: OneOff, line: LineSource | None) -> Dyno:
        self.one_off_requests.append((runtime.app_id, request, line))
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        return Dyno(
            id=str(uuid4()),
            name=f"{request.type}.{1000 + len(self.one_off_requests)}",
            type=request.type,
            command=request.command,
            state=DynoState.STARTING,
            size=request.size,
            created_at=moment,
            updated_at=moment,
            release=runtime.release,
        )

    def watch(self, watcher: DynoWatcher) -> None:
        self.watchers.append(watcher)

    async def restart(self, app_id: str, name: str | None) -> None:
        self.restarted.append((app_id, name))

    async def remove(self, app_id: str) -> None:
        self.running.pop(app_id, None)

    async def close(self) -> None:
        self.closed = True


@dataclass
class FakeSite:
    """Answers with the id of the host name's app, unless it is in maintenance."""

    apps: AppDirectory

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        app_id = self.apps.find(request.host.partition(":")[0].lower())
        if app_id and self.apps.in_maintenance(app_id):
            own = self.apps.config_var(app_id, "MAINTENANCE_PAGE_URL")
            return web.Response(text=own, status=503)
        return web.Response(text=app_id or "", status=200 if app_id else 404)

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


@dataclass
class FakeBackends:
    """All fake backends."""

    postgres: FakeService
    databases: DatabaseOperations
    memcachier: FakeService
    memcachedcloud: FakeService
    redis: FakeService
    stores: Redis
    rediscloud: FakeService
    builder: FakeBuilder
    dynos: FakeDynos
    logs: LogStore

    @classmethod
    def of(cls, data: Path) -> Self:
        credentials = ("SERVERS", "USERNAME", "PASSWORD")
        backends = cls(
            postgres=FakeService(("URL",)),
            databases=databases(data).operations,
            memcachier=FakeService(credentials),
            memcachedcloud=FakeService(credentials),
            redis=FakeService(("URL",)),
            stores=stores(data)[KEY_VALUE_STORE],
            rediscloud=FakeService(("URL",)),
            builder=FakeBuilder(data),
            dynos=FakeDynos(),
            logs=LogStore(data),
        )
        backends.builder.gate.set()
        backends.dynos.gate.set()
        backends.dynos.start_gate.set()
        return backends

    def create(self, _: Settings) -> Backends:
        return Backends(
            services={
                "heroku-postgresql": self.postgres,
                "memcachier": self.memcachier,
                "memcachedcloud": self.memcachedcloud,
                "heroku-redis": self.redis,
                "rediscloud": self.rediscloud,
            },
            databases=self.databases,
            stores=self.stores,
            builder=self.builder,
            logs=self.logs,
            dynos=self.dynos,
            site=FakeSite,
        )
