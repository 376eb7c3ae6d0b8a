"""The local Heroku as its endpoints see it: the state, and the services that act on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from localheroku.auth.api_keys import ApiKeys
from localheroku.control.faults.models import Faults
from localheroku.control.recorder.models import Recorder
from localheroku.core import certificate
from localheroku.core.backends import Backends
from localheroku.core.catalogue import Catalogue
from localheroku.core.clock import HerokuClock
from localheroku.core.state import Settings, State
from localheroku.core.store import Store
from localheroku.dashboard import Dashboard
from localheroku.dynos.rendezvous import Rendezvous
from localheroku.git.repositories import Repositories
from localheroku.http.https_site import HttpsSite
from localheroku.http.rate_limit import RateLimit
from localheroku.http.request_log import RequestLog
from localheroku.http.runner import Handle
from localheroku.workflows.app_setups import AppSetups
from localheroku.workflows.builds import Builds
from localheroku.workflows.database_transfers import DatabaseTransfers
from localheroku.workflows.deployment import Deployment
from localheroku.workflows.promotions import Promotions
from localheroku.workflows.removal import Removal
from localheroku.workflows.review_apps import ReviewApps
from localheroku.workflows.startup import Startup
from localheroku.workflows.test_runs import TestRuns
from localheroku.workflows.webhook_delivery import Webhooks

RunWhileStopped = Callable[[Callable[[], None]], Awaitable["Platform"]]
"""Does work on the folder while no instance runs; returns the platform that runs after it."""


@dataclass(frozen=True)
class InstanceConfig:
    """What an instance is started with and what outlives it."""

    settings: Settings
    backends: Callable[[Settings], Backends]
    key: str
    log: RequestLog
    recorder: Recorder
    dashboard: Dashboard
    handle: Handle
    run_while_stopped: RunWhileStopped


class Platform(State):
    """The state together with its services."""

    def __init__(
        self,
        config: InstanceConfig,
        store: Store,
        clock: HerokuClock,
        catalogue: Catalogue,
        backends: Backends,
    ) -> None:
        settings = config.settings
        super().__init__(settings, store, clock, catalogue, backends)
        pem = settings.data / certificate.FILE
        self.recorder = config.recorder
        self.dashboard = config.dashboard
        self.run_while_stopped = config.run_while_stopped
        self.keys = ApiKeys(self, config.key)
        self.rate_limit = RateLimit(clock.seconds)
        self.faults = Faults(store, clock)
        self.https_site = HttpsSite(pem, config.handle)
        self.rendezvous = Rendezvous(pem)
        self.repositories = Repositories(settings.data / "git")
        self.deployment = Deployment(self)
        self.builds = Builds(self, self.deployment, settings.data / "builds")
        self.removal = Removal(self, self.deployment, self.builds, self.repositories)
        self.app_setups = AppSetups(self, self.deployment, self.builds)
        self.promotions = Promotions(self, self.deployment)
        self.review_apps = ReviewApps(self, self.app_setups, self.removal)
        self.test_runs = TestRuns(self, self.app_setups, self.removal)
        self.transfers = DatabaseTransfers(self)
        self.webhooks = Webhooks(self)
        self.startup = Startup(
            self,
            self.deployment,
            self.transfers,
            self.review_apps,
            self.test_runs,
            self.webhooks,
        )
