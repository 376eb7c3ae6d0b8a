"""From what the API was told to what runs: releases, their command, and the dynos."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from localheroku.api.account import models as accounts
from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import Addon
from localheroku.api.apps import models as apps
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App, NewApp
from localheroku.api.apps.setups import models as app_setups
from localheroku.api.builds import models as builds
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.releases.models import Release
from localheroku.api.builds.slugs import models as slugs
from localheroku.api.builds.slugs.models import Slug
from localheroku.api.domains import models as domains
from localheroku.api.dynos import metadata
from localheroku.api.dynos.formation import models as formation
from localheroku.api.dynos.log_drains import models as log_drains
from localheroku.api.pipelines.promotions import models as promotions
from localheroku.api.pipelines.review_apps import models as review_apps
from localheroku.api.spaces import models as spaces
from localheroku.api.spaces.peerings import models as peerings
from localheroku.api.spaces.vpn import models as vpn_connections
from localheroku.core.runtime import AppRuntime, ProcessSpec
from localheroku.platform import Platform
from localheroku.workflows import addon_provisioning, test_runs

QUIET_SECONDS = 0.3
"""Several changes in a row restart the dynos once, when none has come for so long."""


class Deployment:
    """Keeps what runs in step with what is stored.

    The release command of a Procfile runs for a new slug and for a rollback.  On Heroku it also
    runs for a change of config vars.  https://devcenter.heroku.com/articles/release-phase
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._leaving: dict[str, asyncio.Event] = {}
        """App id -> the event that is set when the removal of the app has ended."""
        self.ready = asyncio.Event()
        """Set when the databases and caches of an earlier run are there again."""
        self.resumed = asyncio.Event()
        """Set when its dynos are, too."""

    async def create(self, new: NewApp) -> App:
        """A new app has its owner, its first release and its own domain."""
        platform = self._platform
        with platform.store.transaction():
            app = apps.create(platform, new)
            collaborators.enter_owner(platform, app)
            domains.put_own(platform, app)
            self.release(app, "Initial release")
        return apps.find(platform, app.id)

    def renamed(self, app: App) -> None:
        domains.put_own(self._platform, app)
        self.apply_soon(app.id)

    async def remove(self, app: App) -> None:
        """Destroy the app with its add-ons, slugs, logs and dynos.

        Raises AppNotFoundError when another call destroyed it meanwhile.
        """
        while ended := self._leaving.get(app.id):
            await ended.wait()
        app = apps.find(self._platform, app.id)
        self._leaving[app.id] = asyncio.Event()
        try:
            await self._remove(app)
        except Exception:
            self.apply_soon(app.id)
            raise
        finally:
            self._leaving.pop(app.id).set()

    async def _remove(self, app: App) -> None:
        platform = self._platform
        await platform.builds.cancel(app)
        await platform.machines.dynos.remove(app.id)
        for addon in addons.of_app(platform, app):
            await self.remove_addon(addon)
        await platform.repositories.remove(app.id)
        outputs = [
            *(build.output for build in builds.every(platform, app)),
            *(release.output for release in releases.every(platform, app) if release.output),
        ]
        with platform.store.transaction():
            left = releases.leave_slugs(platform, app)
            for slug in left:
                slugs.leave(platform, slug)
            for attachment in attachments.of_app(platform, app):
                platform.store.remove(attachment)
            platform.store.remove(app)
        platform.machines.logs.forget(app.id)
        # Those that were asked for while the add-ons were being removed.
        await platform.builds.cancel(app)
        await platform.machines.dynos.remove(app.id)
        for output in outputs:
            platform.outputs.discard(output)
        for slug in left:
            await slugs.forget(platform, slug)

    async def remove_addon(self, addon: Addon) -> None:
        """Destroy the add-on; every app that it was attached to gets a release without it."""
        platform = self._platform
        await self.ready.wait()
        attached = attachments.of_addon(platform, addon)
        await addons.remove(platform, addon)
        log_drains.forget_addon(platform, apps.find(platform, addon.parent or ""), addon)
        for attachment in attached:
            if attachment.app_id not in self._leaving:
                app = apps.find(platform, attachment.app_id)
                self.release(app, f"Detach {attachment.name} (@ref:{addon.name})")

    def release(self, app: App, description: str, slug_id: str | None = None) -> Release:
        """A release that needs no command; without `slug_id` it has the slug that runs."""
        current = releases.current(self._platform, app)
        slug_id = slug_id or (current.slug_id if current else None)
        made = releases.add(self._platform, app, description, self._contents(app), slug_id)
        self._log(app, f"Release v{made.version} created by user {self._account}")
        self.tell(app, description)
        self.apply_soon(app.id)
        return made

    def start(self, app: App, slug: Slug, description: str) -> Release:
        """Release a slug: at once, or in the background when it has a release command."""
        platform = self._platform
        if formation.RELEASE not in slug.process_types:
            formation.adopt(platform, app, slug.process_types)
            return self.release(app, description, slug.id)
        release = self._pend(app, slug, description)
        platform.spawn(self._finish(app, slug, release, lambda _: None))
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
        """What the earlier release held, slug and set config vars, as a new release.

        Raises a ParamsError when it holds no slug or has not succeeded.
        """
        platform = self._platform
        slug = releases.slug_to_roll_back_to(platform, earlier)
        config_vars.restore(platform, app, earlier.own_config)
        return self.start(app, slug, f"Rollback to v{earlier.version}")

    def _pend(self, app: App, slug: Slug, description: str) -> Release:
        platform = self._platform
        output = platform.outputs.create()
        contents = self._contents(app)
        release = releases.add(platform, app, description, contents, slug.id, output=output)
        formation.list_release(platform, app, slug.process_types)
        self._log(app, f"Release v{release.version} created by user {self._account}")
        return release

    async def _finish(
        self, app: App, slug: Slug, release: Release, say: Callable[[str], None]
    ) -> Release:
        platform, output = self._platform, release.output or ""
        command = slug.process_types[formation.RELEASE]
        note = self._writer(output)

        def heard(line: str) -> None:
            say(line)
            note(line)

        try:
            if not self.stays(app.id):
                return platform.change(release, status="failed")
            status = await platform.machines.dynos.run(
                self._runtime(app, slug), command, formation.RELEASE, heard
            )
        except BaseException:
            platform.change(release, status="failed")
            raise
        finally:
            platform.outputs.finish(output)
        if status:
            self._log(app, f"Release v{release.version} failed: its command ended with {status}")
            return platform.change(release, status="failed")
        with platform.store.transaction():
            formation.adopt(platform, app, slug.process_types)
            done = releases.succeed(platform, app, release)
        self.apply_soon(app.id)
        return done

    def apply_soon(self, app_id: str) -> None:
        """Bring the dynos in step once no other change follows."""
        loop = asyncio.get_running_loop()
        if app_id in self._due:
            self._due[app_id].cancel()
        self._due[app_id] = loop.call_later(QUIET_SECONDS, self._apply_due, app_id)

    def _apply_due(self, app_id: str) -> None:
        del self._due[app_id]
        self._platform.spawn(self.apply(app_id))

    def close(self) -> None:
        """Start nothing any more."""
        for timer in self._due.values():
            timer.cancel()
        self._due.clear()

    async def apply(self, app_id: str) -> None:
        """Bring the dynos in step now."""
        app = self._platform.store.find(App, app_id)
        if app is None or not self.stays(app_id):
            return
        slug = releases.slug_of(self._platform, releases.current(self._platform, app))
        if slug:
            await self._platform.machines.dynos.apply(self._runtime(app, slug))

    def stays(self, app_id: str) -> bool:
        """Whether the app exists and is not being removed."""
        return app_id not in self._leaving and self._platform.store.find(App, app_id) is not None

    def end_interrupted(self) -> None:
        """After a start, before anything new begins: what was cut off has failed."""
        platform = self._platform
        builds.fail_interrupted(platform)
        releases.fail_interrupted(platform)
        promotions.fail_interrupted(platform)
        test_runs.fail_interrupted(platform)
        review_apps.fail_interrupted(platform)
        app_setups.fail_interrupted(platform)

    async def resume(self) -> None:
        """After a start: bring back the add-ons, then the dynos."""
        platform = self._platform
        try:
            spaces.resume(platform)
            vpn_connections.resume(platform)
            peerings.resume(platform)
            for app in apps.every(platform):
                log_drains.apply(platform, app)
            for slug in slugs.left(platform):
                await slugs.forget(platform, slug)
            await addons.resume(platform)
            self.ready.set()
            addon_provisioning.resume(platform)
            started = [platform.spawn(self.apply(app.id)) for app in apps.every(platform)]
            await asyncio.gather(*started, return_exceptions=True)
        finally:
            self.ready.set()
            self.resumed.set()

    def runtime(self, app: App) -> tuple[AppRuntime, Slug] | None:
        """What the app's dynos run in, and its slug.

        None when nothing was released, or the app is being removed.
        """
        if not self.stays(app.id):
            return None
        slug = releases.slug_of(self._platform, releases.current(self._platform, app))
        return (self._runtime(app, slug), slug) if slug else None

    def runtime_env(self, app: App) -> dict[str, str]:
        """What a dyno of the app, or a build, finds in its environment."""
        return config_vars.merged(self._platform, app)

    def _runtime(self, app: App, slug: Slug) -> AppRuntime:
        return AppRuntime(
            app_id=app.id,
            app_name=app.name,
            slug=Path(slug.path),
            env={
                **metadata.variables(self._platform, app, slug),
                **self.runtime_env(app),
            },
            formation={
                process.type: ProcessSpec(process.command, process.quantity, process.size)
                for process in formation.every(self._platform, app)
            },
        )

    def _contents(self, app: App) -> releases.Contents:
        platform = self._platform
        return releases.Contents(
            config=config_vars.merged(platform, app),
            own_config=config_vars.own(platform, app),
            addon_plan_names=[f"{a.service}:{a.plan}" for a in addons.seen_by(platform, app)],
        )

    @property
    def _account(self) -> str:
        return accounts.current(self._platform).email

    def _writer(self, output: str) -> Callable[[str], None]:
        return lambda line: self._platform.outputs.write(output, line)

    def tell(self, app: App, deed: str) -> None:
        """Write into the app's log what the caller did."""
        self._log(app, f"{deed} by user {self._account}")

    def _log(self, app: App, line: str) -> None:
        self._platform.machines.logs.append(app.id, "app", "api", line)
