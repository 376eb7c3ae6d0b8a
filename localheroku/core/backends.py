"""What the Platform API expects from its backends: databases, builds, dynos and logs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString, Protocol

from localheroku.core.addon_service import AddonBackend
from localheroku.core.runtime import AppRuntime, Dyno, DynoWatcher, OneOff
from localheroku.core.terminal_line import LineSource

if TYPE_CHECKING:
    # Imported late: commands need the add-ons, but only a server needs aiohttp.
    from aiohttp import web


class BuiltSlug(Protocol):
    """The result of a build; `size` in bytes, `description` such as Python."""

    @property
    def id(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def process_types(self) -> Mapping[str, str]: ...
    @property
    def size(self) -> int: ...
    @property
    def description(self) -> str: ...


class SlugUnusable(Exception):
    """An uploaded archive cannot run; the text says why."""


@dataclass(frozen=True)
class BuildContext:
    """What a build knows about its app."""

    app_id: str
    config_vars: Mapping[str, str] = field(default_factory=dict, repr=False)
    cache: str = ""
    """Builds with the same value share cached work."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """More variables that the build system sets, such as SOURCE_VERSION."""
    earlier: Path | None = None
    """The path of the app's current slug."""
    buildpacks: Sequence[str] = ()
    """The names and URLs of the app's buildpacks, in order; without any, one is detected."""


class Builder(Protocol):
    async def build(
        self,
        build_id: str,
        archive: Path,
        on_line: Callable[[str], None],
        context: BuildContext,
    ) -> BuiltSlug: ...
    async def forget_app(self, app_id: str) -> None: ...
    async def install(self, slug_id: str, archive: Path) -> Path: ...
    async def pack(self, slug_id: str, archive: Path) -> None: ...
    def prune(self, is_known: Callable[[str], bool]) -> None: ...
    async def forget(self, slug_id: str) -> None: ...
    def close(self) -> None: ...


class Logs(Protocol):
    def append(self, app_id: str, source: str, process: str, line: str) -> None: ...
    def tail(self, app_id: str, count: int) -> list[str]: ...
    def follow(self, app_id: str) -> AsyncIterator[str]: ...
    def forget(self, app_id: str) -> None: ...
    def set_drains(self, app_id: str, urls: Sequence[str]) -> None: ...
    async def close(self) -> None: ...


class Dynos(Protocol):
    async def apply(self, runtime: AppRuntime) -> None: ...
    async def run(
        self, runtime: AppRuntime, command: str, process: str, on_line: Callable[[str], None]
    ) -> int: ...
    def start_once(self, runtime: AppRuntime, request: OneOff, line: LineSource | None) -> Dyno: ...
    def dynos(self, app_id: str) -> list[Dyno]: ...
    def watch(self, watcher: DynoWatcher) -> None: ...
    async def restart(self, app_id: str, name: str | None) -> None: ...
    async def remove(self, app_id: str) -> None: ...
    async def close(self) -> None: ...


class AppSite(Protocol):
    """Answers requests to the host names of apps."""

    async def handle(self, request: web.Request) -> web.StreamResponse: ...
    async def close(self) -> None: ...


@dataclass(frozen=True)
class DatabaseInfo:
    """The state of a database; `version` such as 18.1, `size` in bytes."""

    version: str
    size: int
    tables: int
    connections: int


class Databases(Protocol):
    """The databases behind add-ons, by the add-on's id; every method raises ServiceFailed."""

    async def info(self, addon_id: str) -> DatabaseInfo: ...
    async def query(self, addon_id: str, statement: LiteralString) -> list[dict[str, Any]]: ...
    async def disconnect(self, addon_id: str) -> None: ...
    async def reset_statistics(self, addon_id: str) -> None: ...
    async def settings(self, addon_id: str) -> dict[str, str]: ...
    async def set(self, addon_id: str, values: Mapping[str, str]) -> None: ...
    async def rotate(self, addon_id: str) -> str: ...
    async def reset(self, addon_id: str, extensions: Sequence[str] = ()) -> None: ...
    def backup(self, addon_id: str, backup_id: str) -> Path: ...
    async def capture(self, addon_id: str, archive: Path, say: Callable[[str], None]) -> None: ...
    async def copy(
        self, addon_id: str, url: str, progress: Path, say: Callable[[str], None]
    ) -> int: ...
    async def restore(
        self, addon_id: str, archive: Path, extensions: Sequence[str], say: Callable[[str], None]
    ) -> int: ...


@dataclass(frozen=True)
class StoreInfo:
    """The state of a key-value store; `version` such as 9.1.2."""

    version: str
    is_persistent: bool
    """Whether its data survives a restart of the server."""
    settings: Mapping[str, str]
    """The settings that its owner can change, by their names in Redis."""


class KeyValueStores(Protocol):
    """The servers behind Key-Value Store add-ons, by id; every method raises ServiceFailed."""

    async def info(self, addon_id: str) -> StoreInfo: ...
    async def set(self, addon_id: str, values: Mapping[str, str]) -> None: ...
    async def rotate(self, addon_id: str) -> str: ...
    async def reset_statistics(self, addon_id: str) -> None: ...


@dataclass(frozen=True)
class AppDirectory:
    """Lookups of apps for the router: by host name, and the owner's settings by id."""

    find: Callable[[str], str | None]
    in_maintenance: Callable[[str], bool]
    has_feature: Callable[[str, str], bool]
    config_var: Callable[[str, str], str | None]
    """The value of an app's config var."""
    domains: Callable[[str], Sequence[str]]
    """The domains that were added to an app."""


@dataclass(frozen=True)
class Backends:
    """All backends; `services` are keyed by the name of the add-on service."""

    services: Mapping[str, AddonBackend]
    databases: Databases
    stores: KeyValueStores
    builder: Builder
    logs: Logs
    dynos: Dynos
    site: Callable[[AppDirectory], AppSite]
