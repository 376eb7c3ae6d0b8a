"""A local Heroku put together, from its folder to its port."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from aiohttp import web

from dynostack.heroku import authority, catalogue
from dynostack.heroku.api.account import models as accounts
from dynostack.heroku.api.domains import models as domains
from dynostack.heroku.api.teams import models as teams
from dynostack.heroku.builds import Builds
from dynostack.heroku.clock import system_clock
from dynostack.heroku.deployment import Deployment
from dynostack.heroku.machines import Machines
from dynostack.heroku.platform import Platform, Settings
from dynostack.heroku.request_log import RequestLog
from dynostack.heroku.server import Server
from dynostack.heroku.store import Store

HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 3.0
"""How long calls that still run may take once the server is told to stop."""


def real_machines(settings: Settings) -> Machines:
    """Databases, caches and processes of this machine."""
    from dynostack.heroku.addons import services
    from dynostack.heroku.dynos.builder import Builder
    from dynostack.heroku.dynos.logs import Logs
    from dynostack.heroku.dynos.manager import DynoManager
    from dynostack.heroku.router import Router

    logs = Logs(settings.data)
    dynos = DynoManager(settings.data, logs)
    return Machines(
        services=services(settings.data),
        builder=Builder(settings.data),
        logs=logs,
        dynos=dynos,
        site=lambda resolve: Router(resolve, dynos, logs),
    )


class LocalHeroku:
    """Listens while its `async with` block runs; all that it started ends with the block.

    Raises OSError when the port is taken.
    """

    def __init__(
        self, settings: Settings, machines: Callable[[Settings], Machines] = real_machines
    ) -> None:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._settings = settings
        self._machines = machines

    async def __aenter__(self) -> Self:
        settings = self._settings
        key = authority.load_key(settings.data / "api-key")
        self._store = Store(settings.data / "heroku.sqlite3")
        self._log = RequestLog(settings.data / "requests.jsonl")
        machines = self._machines(settings)
        platform = Platform(settings, self._store, system_clock, catalogue.load(), machines)
        platform.deployment = Deployment(platform)
        platform.builds = Builds(platform, settings.data / "builds")
        self.platform = platform
        self._site = machines.site(lambda host: domains.resolve(platform, host))
        self._runner = await _listen(Server(platform, key, self._site, self._log), settings.port)
        teams.ensure(platform, settings.team)
        accounts.current(platform)
        platform.spawn(platform.deployment.resume())
        return self

    async def __aexit__(self, *_: object) -> None:
        machines = self.platform.machines
        await self._runner.cleanup()
        await self._site.close()
        await self.platform.quiesce()
        await machines.dynos.close()
        for service in machines.services.values():
            await service.close()
        await machines.logs.close()
        self._log.close()
        self._store.close()


async def _listen(server: Server, port: int) -> web.AppRunner:
    application = web.Application(client_max_size=0)
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner
