"""Builds: turns an app's source into a slug with its buildpacks, as Heroku does.

https://devcenter.heroku.com/articles/buildpacks
"""

from __future__ import annotations

import asyncio
import re
import shutil
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass
from stat import S_ISDIR
from typing import TYPE_CHECKING

from localheroku.core import disk_full
from localheroku.core.backends import BuildContext, SlugUnusable
from localheroku.core.cancellation import finished
from localheroku.dynos import hooks, shared_files, slugignore
from localheroku.dynos.buildpacks import table, unapplied
from localheroku.dynos.buildpacks.buildpack import INDENT, STEP, WARNING, Compilation
from localheroku.dynos.environment import BuildFolders
from localheroku.dynos.process_registry import ProcessRegistry
from localheroku.dynos.slug_layout import APP
from localheroku.dynos.source import (
    DISK_FULL,
    BuildFailed,
    explain_no_types,
    pack_slug,
    process_types,
    unpack,
    unpack_slug,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

LARGEST_BYTES = 500_000_000
"""https://devcenter.heroku.com/articles/slug-compiler#slug-size; packages are not counted here."""

FILE_NAME = re.compile(r"\w[\w.-]*")
"""Config vars with such names get a file."""

__all__ = ["BuildFailed", "CompiledSlug", "SlugBuilder"]


@dataclass(frozen=True)
class CompiledSlug:
    """The result of a build: the app's files and its packages, ready to run."""

    id: str
    path: Path
    """The folder to give to `AppRuntime.slug`."""
    process_types: dict[str, str]
    size: int
    """Bytes of the app's files, without packages."""
    description: str
    """The kind of app that its last buildpack detected, such as Python."""


class SlugBuilder:
    """Builds slugs and keeps them below one folder."""

    def __init__(self, data: Path) -> None:
        self._slugs = data / "slugs"
        self._caches = data / "build_caches"
        self._registry = ProcessRegistry(data / "building.json")
        self._registry.end_leftovers()
        self._buildpacks = table.Buildpacks(data, self._registry)

    async def build(
        self,
        build_id: str,
        archive: Path,
        on_line: Callable[[str], None],
        context: BuildContext,
    ) -> CompiledSlug:
        """Build the source in a tar archive, whose top folder is the app's.

        Args:
            build_id: shown in messages only; the slug has its own id.
            archive: the tar file, gzip-compressed or not.
            on_line: called with each line of the build's output.
            context: what the build knows about its app.

        Raises:
            BuildFailed: the source cannot be built; the text says why.
        """
        slug_id = str(uuid.uuid4())
        path = self._slugs / slug_id
        try:
            return await self._build(slug_id, archive, on_line, context)
        except BaseException as error:
            await finished(asyncio.to_thread(shutil.rmtree, path, ignore_errors=True))
            failed = (
                BuildFailed(DISK_FULL)
                if disk_full.is_disk_full(error, self._slugs.parent)
                else error
            )
            if isinstance(failed, BuildFailed):
                on_line(f"{WARNING}{failed}")
                on_line(f"{WARNING}Build {build_id} failed")
            raise failed from None

    async def install(self, slug_id: str, archive: Path) -> Path:
        """Unpack an archive of a slug, its files below `./app`; return the slug's path.

        Raises:
            SlugUnusable: it is not such an archive.
        """
        path = self._slugs / slug_id
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
        try:
            await finished(asyncio.to_thread(unpack_slug, archive, path))
        except BuildFailed as error:
            await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
            raise SlugUnusable(error) from None
        return path

    async def pack(self, slug_id: str, archive: Path) -> None:
        """Write the archive of a built slug, in the form that `install` takes."""
        await asyncio.to_thread(pack_slug, self._slugs / slug_id / APP, archive)

    def prune(self, is_known: Callable[[str], bool]) -> None:
        """Remove the leftovers of a killed server's builds, at a start."""
        for path in self._slugs.glob("*"):
            if not is_known(path.name):
                shutil.rmtree(path)

    def close(self) -> None:
        """Stop the reaper of build processes; no build may be running."""
        self._registry.close()

    async def forget(self, slug_id: str) -> None:
        """Remove a slug; it need not exist."""
        await asyncio.to_thread(shutil.rmtree, self._slugs / slug_id, ignore_errors=True)
        await asyncio.to_thread(self._buildpacks.prune, self._slugs)

    async def forget_app(self, app_id: str) -> None:
        """Remove what the builds of an app kept for later ones."""
        await asyncio.to_thread(self._remove_caches, app_id)

    async def _build(
        self,
        slug_id: str,
        archive: Path,
        on_line: Callable[[str], None],
        context: BuildContext,
    ) -> CompiledSlug:
        path = self._slugs / slug_id
        app = path / APP
        await finished(asyncio.to_thread(unpack, archive, app))
        await finished(asyncio.to_thread(slugignore.remove_ignored, app))
        for report in unapplied.reports(app, context.variables.get("STACK", "")):
            on_line(f"{WARNING}{report}")
        buildpacks = self._buildpacks.of_source(
            app, context.buildpacks, lambda line: on_line(f"{WARNING}{line}")
        )
        if not hooks.present(app):  # fail before packages are installed
            process_types(app)
        async with self._folders(path, context) as folders:
            build = Compilation(folders, context, on_line, self._registry)
            for buildpack in buildpacks:
                build.step(f"{buildpack.title} app detected")
                await buildpack.compile(build)
        table.record(path, buildpacks)
        if context.earlier:
            await finished(asyncio.to_thread(shared_files.share, app, context.earlier / APP))
        declared = process_types(app)
        defaults = buildpacks[-1].default_processes(app)
        types = defaults | declared
        on_line(f"{STEP}Discovering process types")
        on_line(f"{INDENT}Procfile declares types -> {', '.join(sorted(declared)) or '(none)'}")
        if defaults:
            on_line(f"{INDENT}Default types for buildpack -> {', '.join(sorted(defaults))}")
        if not types:
            on_line(f"{WARNING}{explain_no_types(app)}")
        size = await asyncio.to_thread(_size, app)
        on_line(f"{STEP}Compressing...")
        on_line(f"{INDENT}Done: {_format_size(size)}")
        if size > LARGEST_BYTES:
            raise BuildFailed(
                f"Compiled slug size: {_format_size(size)} is too large (max is "
                f"{_format_size(LARGEST_BYTES)}): remove files that the app does not need"
            )
        return CompiledSlug(slug_id, path, types, size, buildpacks[-1].title)

    @asynccontextmanager
    async def _folders(self, slug: Path, context: BuildContext) -> AsyncIterator[BuildFolders]:
        """Create a build's folders; those for this build alone are removed after it."""
        cache = self._caches / f"{context.app_id}{context.cache}"
        await asyncio.to_thread(self._remove_caches, context.app_id, cache)
        folders = BuildFolders(slug, slug / "home", cache, slug / "config_vars")
        for folder in (folders.home, folders.cache, folders.config_vars):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in filter(FILE_NAME.fullmatch, context.config_vars):
            (folders.config_vars / name).write_text(context.config_vars[name])
        yield folders
        for folder in (folders.home, folders.config_vars):
            await finished(asyncio.to_thread(shutil.rmtree, folder))

    def _remove_caches(self, app_id: str, but: Path | None = None) -> None:
        for folder in self._caches.glob(f"{app_id}*"):
            if folder != but:
                shutil.rmtree(folder, ignore_errors=True)


def _format_size(size: int) -> str:
    return f"{size / 1e6:.1f}M" if size >= 1e6 else f"{size / 1e3:.1f}K"


def _size(folder: Path) -> int:
    """Return the bytes of all files; a file with several names counts once."""
    found = (path.lstat() for path in folder.rglob("*"))
    files = {(each.st_dev, each.st_ino): each for each in found if not S_ISDIR(each.st_mode)}
    return sum(each.st_size for each in files.values())
