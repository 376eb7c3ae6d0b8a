"""One run of the local Heroku on its folder: the state, the backends, the background work.

The port, the folder and the key outlive it, so that a snapshot can be taken or restored between two
instances while clients only wait.
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
from localheroku.core.backends import AppDirectory, Backends
from localheroku.core.clock import HerokuClock
from localheroku.core.store import Store
from localheroku.platform import InstanceConfig, Platform
from localheroku.server.dispatch import Dispatcher
from localheroku.workflows import addon_supervisor


@dataclass(frozen=True)
class Instance:
    """A running instance."""

    platform: Platform
    dispatcher: Dispatcher


@asynccontextmanager
async def run_instance(config: InstanceConfig) -> AsyncIterator[Instance]:
    """Run an instance while the block runs.

    Raises:
        StartError: it cannot start.
    """
    async with AsyncExitStack() as stack:
        with startup_errors.translate_store_errors(config.settings.data):
            async with AsyncExitStack() as setup:
                instance = await _start(config, setup)
                await stack.enter_async_context(setup.pop_all())
        yield instance


async def _start(config: InstanceConfig, stack: AsyncExitStack) -> Instance:
    settings = config.settings
    startup_errors.require_store(settings.data)
    startup_errors.require_records(settings.data)
    store = Store(settings.data / startup_errors.STORE)
    stack.callback(store.close)
    backends = config.backends(settings)
    _close_backends_with(stack, backends)
    platform = Platform(config, store, HerokuClock(), catalogue.load(), backends)
    stack.push_async_callback(platform.quiesce)
    stack.callback(platform.deployment.close)
    stack.callback(platform.webhooks.close)
    controls.restore(platform)
    teams.ensure(platform, settings.team)
    site = backends.site(_app_directory(platform))
    stack.push_async_callback(site.close)
    stack.push_async_callback(platform.https_site.close)
    stack.push_async_callback(platform.rendezvous.close)
    platform.startup.end_interrupted()
    platform.spawn(_run_addons(platform))
    platform.spawn(addon_supervisor.checkpoint_store(platform))
    platform.spawn(addon_supervisor.cut_logs(platform))
    return Instance(platform, Dispatcher(platform, site, config.log))


def _app_directory(platform: Platform) -> AppDirectory:
    def in_maintenance(app_id: str) -> bool:
        app = platform.store.find(App, app_id)
        return app is not None and app.maintenance

    def has_feature(app_id: str, name: str) -> bool:
        app = platform.store.find(App, app_id)
        return app is not None and name in app.features

    def config_var(app_id: str, name: str) -> str | None:
        app = platform.store.find(App, app_id)
        return config_vars.own(platform, app).get(name) if app else None

    def find(host: str) -> str | None:
        return domains.resolve(platform, host)

    def added_domains(app_id: str) -> list[str]:
        app = platform.store.find(App, app_id)
        return (
            [each.hostname for each in domains.of_app(platform, app) if not each.own] if app else []
        )

    return AppDirectory(find, in_maintenance, has_feature, config_var, added_domains)


async def _run_addons(platform: Platform) -> None:
    await platform.startup.resume()
    await addon_supervisor.supervise(platform)


def _close_backends_with(stack: AsyncExitStack, backends: Backends) -> None:
    """Close the backends at the end, dynos first and logs last, even if some of them raise."""
    stack.push_async_callback(backends.logs.close)
    for service in backends.services.values():
        stack.push_async_callback(service.close)
    stack.callback(backends.builder.close)
    stack.push_async_callback(backends.dynos.close)
