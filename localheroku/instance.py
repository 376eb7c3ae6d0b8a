"""All that lives between a start and an end: the state, the machines, the work that goes on.

The port, the folder and the key outlast it, so that a snapshot can be taken or brought back between
two lives without anybody being sent away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from localheroku import startup_errors
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App
from localheroku.api.domains import models as domains
from localheroku.api.teams import models as teams
from localheroku.control.settings import models as controls
from localheroku.core import catalogue
from localheroku.core.backends import Machines, Tenants
from localheroku.core.clock import HerokuClock
from localheroku.core.store import Store
from localheroku.platform import Frame, Platform
from localheroku.server.dispatch import Server
from localheroku.workflows import addon_supervisor


@dataclass(frozen=True)
class Life:
    platform: Platform
    server: Server


@asynccontextmanager
async def live(frame: Frame) -> AsyncIterator[Life]:
    """A life, for as long as the block runs.  Raises StartError."""
    async with AsyncExitStack() as stack:
        with startup_errors.told(frame.settings.data):
            async with AsyncExitStack() as begun:
                life = await _begin(frame, begun)
                await stack.enter_async_context(begun.pop_all())
        yield life


async def _begin(frame: Frame, stack: AsyncExitStack) -> Life:
    settings = frame.settings
    startup_errors.require_store(settings.data)
    startup_errors.require_records(settings.data)
    store = Store(settings.data / startup_errors.STORE)
    stack.callback(store.close)
    machines = frame.machines(settings)
    _close_after(stack, machines)
    platform = Platform(frame, store, HerokuClock(), catalogue.load(), machines)
    stack.push_async_callback(platform.quiesce)
    stack.callback(platform.deployment.close)
    stack.callback(platform.webhooks.close)
    controls.recall(platform)
    teams.ensure(platform, settings.team)
    site = machines.site(_tenants(platform))
    stack.push_async_callback(site.close)
    stack.push_async_callback(platform.secure.close)
    stack.push_async_callback(platform.rendezvous.close)
    platform.startup.end_interrupted()
    platform.spawn(_work(platform))
    platform.spawn(addon_supervisor.save(platform))
    platform.spawn(addon_supervisor.cut_logs(platform))
    return Life(platform, Server(platform, site, frame.log))


def _tenants(platform: Platform) -> Tenants:
    def in_maintenance(app_id: str) -> bool:
        app = platform.store.find(App, app_id)
        return app is not None and app.maintenance

    def has_feature(app_id: str, name: str) -> bool:
        app = platform.store.find(App, app_id)
        return app is not None and name in app.features

    def variable(app_id: str, name: str) -> str | None:
        app = platform.store.find(App, app_id)
        return config_vars.own(platform, app).get(name) if app else None

    def named(host: str) -> str | None:
        return domains.resolve(platform, host)

    return Tenants(named, in_maintenance, has_feature, variable)


async def _work(platform: Platform) -> None:
    await platform.startup.resume()
    await addon_supervisor.keep(platform)


def _close_after(stack: AsyncExitStack, machines: Machines) -> None:
    """The dynos first and the logs last; each whatever becomes of the others."""
    stack.push_async_callback(machines.logs.close)
    for service in machines.services.values():
        stack.push_async_callback(service.close)
    stack.callback(machines.builder.close)
    stack.push_async_callback(machines.dynos.close)
