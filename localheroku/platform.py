"""The local Heroku as its endpoints see it: the state, and the services that act on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from localheroku.auth.api_keys import Keys
from localheroku.control.faults.models import Faults
from localheroku.control.recorder.models import Recorder
from localheroku.core import certificate
from localheroku.core.backends import Machines
from localheroku.core.catalogue import Catalogue
from localheroku.core.clock import HerokuClock
from localheroku.core.state import Settings, State
from localheroku.core.store import Store
from localheroku.dashboard import Page
from localheroku.dynos.rendezvous import Rendezvous
from localheroku.git.repositories import Repositories
from localheroku.http.https_site import SecureSite
from localheroku.http.rate_limit import RateLimit
from localheroku.http.request_log import RequestLog
from localheroku.http.runner import Handle
from localheroku.workflows.app_setups import AppSetups
from localheroku.workflows.builds import Builds
from localheroku.workflows.database_transfers import Transfers
from localheroku.workflows.deployment import Deployment
from localheroku.workflows.promotions import Promotions
from localheroku.workflows.removal import Removal
from localheroku.workflows.review_apps import ReviewApps
from localheroku.workflows.startup import Startup
from localheroku.workflows.test_runs import TestRuns
from localheroku.workflows.webhook_delivery import Webhooks

Exchange = Callable[[Callable[[], None]], Awaitable["Platform"]]
"""Does work on the folder while no instance runs; returns the platform that runs after it."""


@dataclass(frozen=True)
class Frame:
    """What an instance is started with and what outlasts it."""

    settings: Settings
    machines: Callable[[Settings], Machines]
    key: str
    log: RequestLog
    recorder: Recorder
    page: Page
    handle: Handle
    exchange: Exchange


class Platform(State):
    """The state together with its services."""

    def __init__(
        self,
        frame: Frame,
        store: Store,
        clock: HerokuClock,
        catalogue: Catalogue,
        machines: Machines,
    ) -> None:
        settings = frame.settings
        super().__init__(settings, store, clock, catalogue, machines)
        pem = settings.data / certificate.FILE
        self.recorder = frame.recorder
        self.page = frame.page
        self.exchange = frame.exchange
        self.keys = Keys(self, frame.key)
        self.rate_limit = RateLimit(clock.seconds)
        self.faults = Faults(store, clock)
        self.secure = SecureSite(pem, frame.handle)
        self.rendezvous = Rendezvous(pem)
        self.repositories = Repositories(settings.data / "git")
        self.deployment = Deployment(self)
        self.builds = Builds(self, self.deployment, settings.data / "builds")
        self.removal = Removal(self, self.deployment, self.builds, self.repositories)
        self.app_setups = AppSetups(self, self.deployment, self.builds)
        self.promotions = Promotions(self, self.deployment)
        self.review_apps = ReviewApps(self, self.app_setups, self.removal)
        self.test_runs = TestRuns(self, self.app_setups, self.removal)
        self.transfers = Transfers(self)
        self.webhooks = Webhooks(self)
        self.startup = Startup(
            self,
            self.deployment,
            self.transfers,
            self.review_apps,
            self.test_runs,
            self.webhooks,
        )
