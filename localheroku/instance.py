"""All that lives between a start and an end: the state, the machines, the work that goes on.

The port, the folder and the key outlast it, so that a snapshot can be taken or brought back between
two lives without anybody being sent away.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from localheroku import startup_errors
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App
from localheroku.api.domains import models as domains
from localheroku.api.teams import models as teams
from localheroku.auth.api_keys import Keys
from localheroku.control.recorder.models import Recorder
from localheroku.control.settings import models as controls
from localheroku.core import catalogue, certificate
from localheroku.core.backends import Machines, Tenants
from localheroku.core.clock import HerokuClock
from localheroku.core.store import Store
from localheroku.dashboard import Page
from localheroku.dynos.rendezvous import Rendezvous
from localheroku.http.https_site import SecureSite
from localheroku.http.request_log import RequestLog
from localheroku.http.runner import Handle
from localheroku.platform import Exchange, Platform, Settings
from localheroku.server.dispatch import Server
from localheroku.workflows import addon_supervisor
from localheroku.workflows.builds import Builds
from localheroku.workflows.database_transfers import Transfers
from localheroku.workflows.deployment import Deployment
from localheroku.workflows.webhook_delivery import Webhooks


@dataclass(frozen=True)
class Frame:
    """What a life is put into and outlasts it."""

    settings: Settings
    machines: Callable[[Settings], Machines]
    key: str
    log: RequestLog
    recorder: Recorder
    page: Page
    handle: Handle
    exchange: Exchange


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
    platform = Platform(settings, store, HerokuClock(), catalogue.load(), machines)
    controls.recall(platform)
    stack.push_async_callback(platform.quiesce)
    platform.keys = Keys(platform, frame.key)
    platform.recorder, platform.exchange = frame.recorder, frame.exchange
    platform.page = frame.page
    platform.deployment = Deployment(platform)
    stack.callback(platform.deployment.close)
    platform.builds = Builds(platform, settings.data / "builds")
    platform.transfers = Transfers(platform)
    platform.webhooks = Webhooks(platform)
    stack.callback(platform.webhooks.close)
    teams.ensure(platform, settings.team)
    site = machines.site(_tenants(platform))
    stack.push_async_callback(site.close)
    platform.secure = SecureSite(settings.data / certificate.FILE, frame.handle)
    stack.push_async_callback(platform.secure.close)
    platform.rendezvous = Rendezvous(settings.data / certificate.FILE)
    stack.push_async_callback(platform.rendezvous.close)
    platform.deployment.end_interrupted()
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
    platform.webhooks.resume()
    await platform.deployment.resume()
    await addon_supervisor.keep(platform)


def _close_after(stack: AsyncExitStack, machines: Machines) -> None:
    """The dynos first and the logs last; each whatever becomes of the others."""
    stack.push_async_callback(machines.logs.close)
    for service in machines.services.values():
        stack.push_async_callback(service.close)
    stack.callback(machines.builder.close)
    stack.push_async_callback(machines.dynos.close)
