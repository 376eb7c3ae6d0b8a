"""Selection of the engine: find and report the first source that works."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localheroku.core.cache import Cache, cache_directory

from . import versions
from .build import Build
from .engine import Engine, Way
from .errors import ToolchainError, Unavailable
from .installed import engine_on_path
from .machine import machine
from .release import Release, release_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .progress import Progress

INSTALL = "https://www.pulumi.com/docs/install/"
FAILED = {
    Way.RELEASE: "cannot download the official release",
    Way.BUILD: "cannot build the engine",
}


@dataclass(frozen=True)
class Sources:
    """The sources of an engine, besides PATH."""

    cache: Cache = field(default_factory=lambda: Cache(cache_directory()))
    release: Release = field(default_factory=lambda: Release(address=release_address()))
    build: Build = field(default_factory=Build)

    @property
    def makers(self) -> dict[Way, Callable[[Path, Progress], None]]:
        return {Way.RELEASE: self.release.fetch, Way.BUILD: self.build.make}

    def entry(self, way: Way) -> str:
        """Return the name of the engine's folder in the cache.

        It includes the machine's type, because several machines can share a home directory.
        """
        return f"engine-{versions.ENGINE_VERSION}-{machine()}-{way.name.lower()}"


def find_engine(progress: Progress, sources: Sources | None = None) -> Engine:
    """Return the engine for this project, downloading or building it if needed.

    Raises:
        WrongChecksum: a download has the wrong checksum.
        ToolchainError: no source works; the message has the reason for each.
    """
    sources = sources or Sources()
    reasons = []
    try:
        return _said(engine_on_path(sources.cache.folder), progress)
    except Unavailable as reason:
        reasons.append(str(reason))
    if cached := _cached(sources):
        return _said(cached, progress)
    for way in sources.makers:
        try:
            return _said(_made(sources, way, progress), progress)
        except Unavailable as reason:
            progress.say(f"{FAILED[way]}: {reason}")
            reasons.append(str(reason))
    raise ToolchainError(
        "cannot find, download or build the Pulumi engine: "
        + "; ".join(reasons)
        + f"; to install Pulumi yourself, see {INSTALL}"
    )


def _cached(sources: Sources) -> Engine | None:
    for way in sources.makers:
        if (folder := sources.cache.entry(sources.entry(way))).is_dir():
            return _engine(folder, way)
    return None


def _made(sources: Sources, way: Way, progress: Progress) -> Engine:
    def make(folder: Path) -> None:
        sources.makers[way](folder, progress)

    return _engine(sources.cache.made(sources.entry(way), make, progress.say), way)


def _engine(folder: Path, way: Way) -> Engine:
    return Engine(folder / "pulumi", versions.ENGINE_VERSION, way)


def _said(engine: Engine, progress: Progress) -> Engine:
    progress.say(str(engine))
    return engine
