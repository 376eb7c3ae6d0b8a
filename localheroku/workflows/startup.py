"""Recovery after a start: fails interrupted work, and starts again what ran before."""

from __future__ import annotations

import asyncio

from localheroku.api.addons import models as addons
from localheroku.api.apps import models as apps
from localheroku.api.apps.setups import models as app_setups
from localheroku.api.builds import models as builds
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.slugs import models as slugs
from localheroku.api.dynos.log_drains import models as log_drains
from localheroku.api.pipelines.promotions import models as promotions
from localheroku.api.spaces import models as spaces
from localheroku.api.spaces.peerings import models as peerings
from localheroku.api.spaces.vpn import models as vpn_connections
from localheroku.core.state import State
from localheroku.workflows import addon_provisioning
from localheroku.workflows.database_transfers import DatabaseTransfers
from localheroku.workflows.deployment import Deployment
from localheroku.workflows.review_apps import ReviewApps
from localheroku.workflows.test_runs import TestRuns
from localheroku.workflows.webhook_delivery import Webhooks


class Startup:
    """Recovers what an earlier run of the local Heroku left behind."""

    def __init__(
        self,
        state: State,
        deployment: Deployment,
        transfers: DatabaseTransfers,
        review_apps: ReviewApps,
        test_runs: TestRuns,
        webhooks: Webhooks,
    ) -> None:
        self._state = state
        self._deployment = deployment
        self._transfers = transfers
        self._review_apps = review_apps
        self._test_runs = test_runs
        self._webhooks = webhooks

    def end_interrupted(self) -> None:
        """Fail the work that an earlier run did not finish, before any new work starts."""
        state = self._state
        self._transfers.end_interrupted()
        builds.fail_interrupted(state)
        releases.fail_interrupted(state)
        promotions.fail_interrupted(state)
        self._test_runs.end_interrupted()
        self._review_apps.end_interrupted()
        app_setups.fail_interrupted(state)

    async def resume(self) -> None:
        """Resume the deliveries to webhooks, the add-ons and then the dynos."""
        state = self._state
        self._webhooks.resume()
        try:
            spaces.resume(state)
            vpn_connections.resume(state)
            peerings.resume(state)
            for app in apps.every(state):
                log_drains.apply(state, app)
            for slug in slugs.detached(state):
                await slugs.forget(state, slug)
            await addons.resume(state)
            state.readiness.addons.set()
            addon_provisioning.resume(state)
            started = [state.spawn(self._deployment.apply(app.id)) for app in apps.every(state)]
            await asyncio.gather(*started, return_exceptions=True)
        finally:
            state.readiness.addons.set()
            state.readiness.dynos.set()
