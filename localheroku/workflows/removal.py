"""Removes apps and add-ons with everything that belongs to them."""

from __future__ import annotations

from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import Addon
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.builds import models as builds
from localheroku.api.builds.releases import creation
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.slugs import models as slugs
from localheroku.api.dynos.log_drains import models as log_drains
from localheroku.core.state import State
from localheroku.git.repositories import Repositories
from localheroku.workflows.builds import Builds
from localheroku.workflows.deployment import Deployment


class Removal:
    """Removes apps and add-ons: first what runs, then the records."""

    def __init__(
        self, state: State, deployment: Deployment, builds: Builds, repositories: Repositories
    ) -> None:
        self._state = state
        self._deployment = deployment
        self._builds = builds
        self._repositories = repositories

    async def remove_app(self, app: App) -> None:
        """Destroy the app with its add-ons, slugs, logs and dynos.

        Raises:
            AppNotFoundError: another call destroyed the app meanwhile.
        """
        state = self._state
        await state.removals.wait(app.id)
        app = apps.find(state, app.id)
        async with state.removals.removing(app.id):
            try:
                await self._remove(app)
            except Exception:
                self._deployment.apply_soon(app.id)
                raise

    async def _remove(self, app: App) -> None:
        state = self._state
        await self._builds.cancel(app)
        await state.backends.dynos.remove(app.id)
        for addon in addons.of_app(state, app):
            await self.remove_addon(addon)
        await self._repositories.remove(app.id)
        outputs = [
            *(build.output for build in builds.every(state, app)),
            *(release.output for release in releases.every(state, app) if release.output),
        ]
        with state.store.transaction():
            detached_slugs = releases.detach_slugs(state, app)
            for slug in detached_slugs:
                slugs.detach(state, slug)
            for attachment in attachments.of_app(state, app):
                state.store.remove(attachment)
            state.store.remove(app)
        state.backends.logs.forget(app.id)
        await state.backends.builder.forget_app(app.id)
        # Builds and dynos that were requested while the add-ons were being removed.
        await self._builds.cancel(app)
        await state.backends.dynos.remove(app.id)
        for output in outputs:
            state.outputs.discard(output)
        for slug in detached_slugs:
            await slugs.forget(state, slug)

    async def remove_addon(self, addon: Addon) -> None:
        """Destroy the add-on; every app that it was attached to gets a release without it."""
        state = self._state
        await state.readiness.addons.wait()
        attached = attachments.of_addon(state, addon)
        await addons.remove(state, addon)
        log_drains.forget_addon(state, apps.find(state, addon.parent or ""), addon)
        for attachment in attached:
            if attachment.app_id not in state.removals:
                app = apps.find(state, attachment.app_id)
                creation.create(state, app, f"Detach {attachment.name} (@ref:{addon.name})")
