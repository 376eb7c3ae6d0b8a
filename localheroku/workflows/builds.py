"""Runs builds: downloads the archive, has it built, releases the slug."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from localheroku.api.apps import models as apps
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App
from localheroku.api.builds import models
from localheroku.api.builds.models import Build, NewBuild
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.slugs.models import Slug
from localheroku.api.dynos.formation import models as formation
from localheroku.core import disk_full
from localheroku.core.backends import BuildContext, BuiltSlug
from localheroku.core.provisioning import BUILD, Job
from localheroku.core.state import State
from localheroku.core.uploads import LARGEST_BYTES
from localheroku.workflows.deployment import Deployment

DECLARED = (
    " !     Release command declared: this new release will not be available until the command "
    "succeeds."
)


class SourceUnreadable(Exception):
    """The archive is missing or unusable; the text is written for users."""


class Builds:
    """The running builds.

    A build succeeds when its release does: a failed release command fails the build, so that a
    client that waits for the build sees the failure. On Heroku such a build succeeds.
    """

    def __init__(self, state: State, deployment: Deployment, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in folder.iterdir():
            leftover.unlink()
        state.backends.builder.prune(lambda id_: state.store.find(Slug, id_) is not None)
        self._state = state
        self._deployment = deployment
        self._folder = folder
        self._running: defaultdict[str, dict[str, asyncio.Task[object]]] = defaultdict(dict)
        """The tasks of each app, by its id and the build's."""

    def start(self, app: App, new: NewBuild) -> Build:
        """Start a build in the background."""
        with self._state.store.transaction():
            build = models.add(self._state, app, new)
            job = self._state.provisioning.begin(BUILD, build)
        task = self._state.spawn(self._run(app, build, job))
        self._running[app.id][build.id] = task
        task.add_done_callback(lambda _: self._running[app.id].pop(build.id, None))
        return build

    async def finished(self, app: App, build: Build) -> Build:
        """Return the build once it has ended, with any result."""
        if task := self._running[app.id].get(build.id):
            await asyncio.wait([task])
        return self._state.store.find(Build, build.id) or build

    async def cancel(self, app: App) -> None:
        """End the app's running builds."""
        await self._end(self._running.pop(app.id, {}).values())

    async def close(self) -> None:
        """End all builds; clients that wait for them see that."""
        await self._end([task for tasks in self._running.values() for task in tasks.values()])

    async def abandon(self, app: App, build: Build) -> None:
        """End the build, unless its slug is already being released."""
        task = self._running[app.id].get(build.id)
        present = self._state.store.find(Build, build.id)
        if task and present and present.slug_id is None:
            await self._end([task])

    @staticmethod
    async def _end(tasks: Collection[asyncio.Task[object]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, app: App, build: Build, job: Job | None) -> None:
        from localheroku.dynos.builder import BuildFailed

        try:
            if job:
                await self._wait_until_due(job)
            await self._build(app, build)
        except BuildFailed:
            self._state.change(build, status="failed")
        except SourceUnreadable as error:
            self._say(build, f" !     {error}")
            self._state.change(build, status="failed")
        except BaseException:
            self._say(build, " !     The build was interrupted.")
            self._state.change(build, status="failed")
            raise
        finally:
            self._state.outputs.finish(build.output)

    async def _wait_until_due(self, job: Job) -> None:
        """Wait until the build may start.

        Raises:
            SourceUnreadable: a fault makes the build fail.
        """
        succeeds = await self._state.provisioning.wait_until_due(job)
        self._state.provisioning.finish(job)
        if not succeeds:
            raise SourceUnreadable("A fault of the local Heroku made this build fail.")

    async def _build(self, app: App, build: Build) -> None:
        state = self._state
        archive = self._folder / build.id
        current = releases.slug_of(state, releases.current(state, app))
        self._say(build, f"-----> Building on the {build.stack.capitalize()} stack")
        try:
            await fetch(build.source, build.checksum, archive)
            built = await state.backends.builder.build(
                build.id,
                archive,
                lambda line: self._say(build, line),
                BuildContext(
                    app.id,
                    config_vars.merged(state, app),
                    app.build_cache,
                    {"STACK": build.stack, "SOURCE_VERSION": build.commit or ""},
                    Path(current.path) if current else None,
                    build.buildpacks,
                ),
            )
        finally:
            archive.unlink(missing_ok=True)
        slug = self._store_slug(app, build, built)
        state.change(build, slug_id=slug.id)
        self._say(build, "-----> Launching...")
        if formation.RELEASE in slug.process_types:
            self._say(build, DECLARED)
        release = await self._deployment.deploy(
            app,
            slug,
            f"Deploy {(build.commit or slug.id)[:8]}",
            lambda line: self._say(build, line),
        )
        if release.status == "succeeded":
            self._say(build, f"       Released v{release.version}")
            self._say(build, f"       {apps.address(state, app)} deployed to Heroku")
        else:
            self._say(build, f" !     v{release.version} is not released: its command failed.")
        state.change(build, status=release.status, release_id=release.id)

    def _store_slug(self, app: App, build: Build, built: BuiltSlug) -> Slug:
        state = self._state
        state.change(app, slug_size=built.size, stack=build.stack, description=built.description)
        return state.store.put(
            Slug(
                id=built.id,
                created_at=state.now(),
                updated_at=state.now(),
                parent=app.id,
                path=str(built.path),
                process_types=dict(built.process_types),
                size=built.size,
                stack=build.stack,
                commit=build.commit,
                checksum=build.checksum,
                description=built.description,
            )
        )

    def _say(self, build: Build, line: str) -> None:
        self._state.outputs.write(build.output, line)


async def fetch(url: str, checksum: str | None, archive: Path) -> None:
    """Download a source.

    Raises:
        SourceUnreadable: it cannot be downloaded, is empty or too large, or does not match its
            checksum.
    """
    from aiohttp import ClientError, ClientSession

    digest, received = hashlib.sha256(), 0
    try:
        async with ClientSession() as session, session.get(url) as response:
            if response.status != 200:
                raise SourceUnreadable(
                    f"The source cannot be downloaded: its URL answered {response.status}."
                )
            with archive.open("wb") as file:
                async for chunk in response.content.iter_chunked(1 << 16):
                    digest.update(chunk)
                    received += len(chunk)
                    if received > LARGEST_BYTES:
                        raise SourceUnreadable(
                            f"The source is too large: the limit is {LARGEST_BYTES} bytes."
                        )
                    file.write(chunk)
    except (ClientError, TimeoutError) as error:
        raise SourceUnreadable(
            "The source cannot be downloaded: the connection to its URL failed."
        ) from error
    except OSError as error:
        if not disk_full.is_disk_full(error, archive.parent):
            raise
        raise SourceUnreadable(
            "The disk of the local Heroku is full: free some space and build again."
        ) from error
    if not received:
        raise SourceUnreadable(
            "The source is empty: upload an archive to its URL before the build."
        )
    expected = (checksum or "").lower().removeprefix("sha256:")
    if expected and expected != digest.hexdigest():
        raise SourceUnreadable("The source does not match its checksum: upload it again.")
