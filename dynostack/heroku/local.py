"""A local Heroku put together, from its folder to its port."""

from __future__ import annotations

import errno
import fcntl
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Self

from aiohttp import web

from dynostack import certificate
from dynostack.heroku import catalogue, keeper
from dynostack.heroku.api.apps.models import App
from dynostack.heroku.api.config_vars import models as config_vars
from dynostack.heroku.api.domains import models as domains
from dynostack.heroku.api.teams import models as teams
from dynostack.heroku.builds import Builds
from dynostack.heroku.clock import HerokuClock
from dynostack.heroku.control.settings import models as controls
from dynostack.heroku.data.transfers.work import Transfers
from dynostack.heroku.deployment import Deployment
from dynostack.heroku.keys import Keys, load_key
from dynostack.heroku.machines import Machines, Tenants
from dynostack.heroku.platform import Platform, Settings
from dynostack.heroku.rendezvous import Rendezvous
from dynostack.heroku.request_log import RequestLog
from dynostack.heroku.secure import SecureSite
from dynostack.heroku.server import Server
from dynostack.heroku.store import Store
from dynostack.heroku.webhooks import Webhooks

HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 3.0
"""How long calls that still run may take once the server is told to stop."""


class StartError(Exception):
    """The local Heroku cannot start here; the text says what to do."""


def real_machines(settings: Settings) -> Machines:
    """Databases, caches and processes of this machine."""
    from dynostack.heroku.addons import POSTGRES, caches, databases
    from dynostack.heroku.dynos.builder import Builder
    from dynostack.heroku.dynos.logs import Logs
    from dynostack.heroku.dynos.manager import DynoManager
    from dynostack.heroku.router import Router

    logs = Logs(settings.data)
    dynos = DynoManager(settings.data, logs)
    postgres = databases(settings.data)
    return Machines(
        services={POSTGRES: postgres, **caches(settings.data)},
        databases=postgres.care,
        builder=Builder(settings.data),
        logs=logs,
        dynos=dynos,
        site=lambda tenants: Router(tenants, dynos, logs),
    )


class LocalHeroku:
    """Listens while its `async with` block runs; all that it started ends with the block.

    Raises StartError when its port or its folder is in use.
    """

    platform: Platform

    def __init__(
        self, settings: Settings, machines: Callable[[Settings], Machines] = real_machines
    ) -> None:
        self._settings = settings
        self._machines = machines
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        """The folder and the port are taken before anything starts that another could be using."""
        settings = self._settings
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        stack.enter_context(_sole_user(settings.data))
        port = stack.enter_context(_bound(settings.port))
        key = load_key(settings.data / "api-key")
        store = _opened(settings.data / "heroku.sqlite3")
        stack.callback(store.close)
        log = RequestLog(settings.data / "requests.jsonl")
        stack.callback(log.close)
        machines = self._machines(settings)
        stack.push_async_callback(_close, machines)
        platform = Platform(settings, store, HerokuClock(), catalogue.load(), machines)
        controls.recall(platform)
        stack.push_async_callback(platform.quiesce)
        platform.keys = Keys(platform, key)
        platform.deployment = Deployment(platform)
        stack.callback(platform.deployment.close)
        platform.builds = Builds(platform, settings.data / "builds")
        platform.transfers = Transfers(platform)
        platform.webhooks = Webhooks(platform)
        stack.callback(platform.webhooks.close)
        teams.ensure(platform, settings.team)
        site = machines.site(_tenants(platform))
        stack.push_async_callback(site.close)
        server = Server(platform, site, log)
        platform.secure = SecureSite(settings.data / certificate.FILE, server.handle)
        stack.push_async_callback(platform.secure.close)
        platform.rendezvous = Rendezvous(settings.data / certificate.FILE)
        stack.push_async_callback(platform.rendezvous.close)
        stack.push_async_callback((await _listen(server, port)).cleanup)
        stack.push_async_callback(platform.builds.close)
        platform.spawn(_work(platform))
        self.platform = platform


def _tenants(platform: Platform) -> Tenants:
    def in_maintenance(app_id: str) -> bool:
        app = platform.store.find(App, app_id)
        return app is not None and app.maintenance

    def variable(app_id: str, name: str) -> str | None:
        app = platform.store.find(App, app_id)
        return config_vars.own(platform, app).get(name) if app else None

    return Tenants(lambda host: domains.resolve(platform, host), in_maintenance, variable)


@contextmanager
def _sole_user(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that no second local Heroku works on the same data."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(
                f"A local Heroku already works in {folder}: stop it first, or choose another "
                "folder."
            ) from None
        yield


def _opened(file: Path) -> Store:
    try:
        return Store(file)
    except sqlite3.DatabaseError as error:
        raise StartError(
            f"{file} cannot be used ({error}): `dynostack local reset` starts anew, without the "
            "apps, databases and caches there were."
        ) from None


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise StartError(
                f"Port {port} of {HOST} is taken by another program: stop it, or choose another "
                "port for the local Heroku."
            ) from None
        yield listener


async def _listen(server: Server, port: socket.socket) -> web.AppRunner:
    application = web.Application(client_max_size=0)
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    await web.SockSite(runner, port).start()
    return runner


async def _work(platform: Platform) -> None:
    platform.webhooks.resume()
    await platform.deployment.resume()
    await keeper.keep(platform)


async def _close(machines: Machines) -> None:
    await machines.dynos.close()
    for service in machines.services.values():
        await service.close()
    await machines.logs.close()
