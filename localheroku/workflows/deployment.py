"""Keeps release commands and dynos in step with the stored state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from localheroku.api.apps import activity
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App
from localheroku.api.builds.releases import creation
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.releases.models import SUCCEEDED, Release
from localheroku.api.builds.slugs.models import Slug
from localheroku.api.domains import models as domains
from localheroku.api.dynos import runtime
from localheroku.api.dynos.formation import models as formation
from localheroku.core.record import Record
from localheroku.core.state import State
from localheroku.core.store import AfterCommit

QUIET_SECONDS = 0.3
"""Several changes in a row restart the dynos once, after this long without another change."""


class Deployment:
    """Keeps what runs in step with the stored state.

    The release command of a Procfile runs for a new slug and for a rollback. On Heroku it also runs
    for a change of config vars.  https://devcenter.heroku.com/articles/release-phase
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._due: dict[str, asyncio.TimerHandle] = {}
        state.store.watchers.append(self._watch)

    def _watch(self, record: Record, stays: bool) -> AfterCommit | None:
        """Update the dynos after the commit of a release that has succeeded."""
        if not (stays and isinstance(record, Release) and record.status == SUCCEEDED):
            return None
        return partial(self.apply_soon, record.parent or "")

    def renamed(self, app: App) -> None:
        """Give a renamed app its own domain and its dynos the new name."""
        domains.put_own(self._state, app)
        self.apply_soon(app.id)

    def start(self, app: App, slug: Slug, description: str) -> Release:
        """Release a slug: at once, or in the background if it has a release command."""
        state = self._state
        if formation.RELEASE not in slug.process_types:
            formation.adopt(state, app, slug.process_types)
            return creation.create(state, app, description, slug.id)
        release = self._pend(app, slug, description)
        state.spawn(self._finish(app, slug, release, lambda _: None))
        return release

    async def deploy(
        self, app: App, slug: Slug, description: str, say: Callable[[str], None]
    ) -> Release:
        """Release a slug and wait until its command has ended and its dynos were started."""
        if formation.RELEASE in slug.process_types:
            release = await self._finish(app, slug, self._pend(app, slug, description), say)
        else:
            release = self.start(app, slug, description)
        await self.apply(app.id)
        return release

    def roll_back(self, app: App, earlier: Release) -> Release:
        """Release the slug and the config vars of an earlier release again.

        Raises:
            ParamsError: the release has no slug or has not succeeded.
        """
        state = self._state
        slug = releases.slug_to_roll_back_to(state, earlier)
        config_vars.restore(state, app, earlier.own_config)
        return self.start(app, slug, f"Rollback to v{earlier.version}")

    def _pend(self, app: App, slug: Slug, description: str) -> Release:
        release = creation.create_pending(self._state, app, slug, description)
        formation.list_release(self._state, app, slug.process_types)
        return release

    async def _finish(
        self, app: App, slug: Slug, release: Release, say: Callable[[str], None]
    ) -> Release:
        state, output = self._state, release.output or ""
        command = slug.process_types[formation.RELEASE]
        write_output = self._writer(output)

        def write_line(line: str) -> None:
            say(line)
            write_output(line)

        try:
            if not runtime.stays(self._state, app.id):
                return state.change(release, status="failed")
            status = await state.backends.dynos.run(
                runtime.of_slug(self._state, app, slug), command, formation.RELEASE, write_line
            )
        except BaseException:
            state.change(release, status="failed")
            raise
        finally:
            state.outputs.finish(output)
        if status:
            failure = f"Release v{release.version} failed: its command exited with status {status}"
            activity.log(state, app, failure)
            return state.change(release, status="failed")
        with state.store.transaction():
            formation.adopt(state, app, slug.process_types)
            return releases.succeed(state, app, release)

    def apply_soon(self, app_id: str) -> None:
        """Update the dynos once no other change follows."""
        loop = asyncio.get_running_loop()
        if app_id in self._due:
            self._due[app_id].cancel()
        self._due[app_id] = loop.call_later(QUIET_SECONDS, self._apply_due, app_id)

    def _apply_due(self, app_id: str) -> None:
        del self._due[app_id]
        self._state.spawn(self.apply(app_id))

    def close(self) -> None:
        """Cancel the restarts that are due."""
        for timer in self._due.values():
            timer.cancel()
        self._due.clear()

    async def apply(self, app_id: str) -> None:
        """Update the dynos now."""
        app = self._state.store.find(App, app_id)
        released = runtime.released(self._state, app) if app else None
        if released:
            await self._state.backends.dynos.apply(released[0])

    def _writer(self, output: str) -> Callable[[str], None]:
        return lambda line: self._state.outputs.write(output, line)
