"""The dynos of every app on this machine."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from localheroku.core.runtime import AppRuntime, Dyno, DynoState, DynoWatcher, OneOff, ProcessSpec
from localheroku.core.terminal_line import LineSource
from localheroku.dynos.dyno import WEB, AppContext, AttachError, DynoProcess, DynoTimeouts
from localheroku.dynos.process_registry import ProcessRegistry
from localheroku.dynos.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from pathlib import Path

    from localheroku.dynos.logs import LogStore

__all__ = [
    "AppRuntime",
    "Dyno",
    "DynoManager",
    "DynoState",
    "DynoTimeouts",
    "ProcessSpec",
    "UnknownDyno",
]

ONE_OFF_SIZE = "Basic"


class UnknownDyno(LookupError):
    """The app has no dyno, and no process type with a dyno, of that name."""


@dataclass
class _AppDynos:
    runtime: AppRuntime | None = None
    dynos: dict[str, DynoProcess] = field(default_factory=dict)
    one_off: list[DynoProcess] = field(default_factory=list)
    turn: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class DynoManager:
    """Runs formations and one-off dynos; none of them outlives this process."""

    def __init__(self, data: Path, logs: LogStore, timeouts: DynoTimeouts | None = None) -> None:
        self._folder = data / "dynos"
        self._logs = logs
        self._timeouts = timeouts or DynoTimeouts()
        self._registry = ProcessRegistry(self._folder / "running.json")
        self._apps: defaultdict[str, _AppDynos] = defaultdict(_AppDynos)
        self._watchers: list[DynoWatcher] = []
        self._registry.end_leftovers()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def apply(self, runtime: AppRuntime) -> None:
        """Make an app's dynos match `runtime`, restarting only those that it changes.

        Return after all stops and starts; whether a dyno came up shows in its state.
        """
        async with self._lock(runtime.app_id) as app:
            specs = _specs_by_name(runtime)
            unchanged = {
                name
                for name, spec in specs.items()
                if name in app.dynos and not _changed(app.runtime, runtime, app.dynos[name], spec)
            }
            await self._stop(app, [name for name in app.dynos if name not in unchanged])
            for name in unchanged:
                app.dynos[name].keep_for(runtime.release)
            app.runtime = runtime
            self._start(app, {name: spec for name, spec in specs.items() if name not in unchanged})

    async def run(
        self, runtime: AppRuntime, command: str, process: str, on_line: Callable[[str], None]
    ) -> int:
        """Run a one-off dyno, named like `run.1234` or `release`, to its end.

        It has the size of the process type of that name, if there is one.

        Returns:
            The command's exit status.

        Raises:
            ValueError: the app has no slug.
        """
        app = self._apps[runtime.app_id]
        spec = runtime.formation.get(process)
        size = spec.size if spec else ONE_OFF_SIZE
        dyno = DynoProcess(self._context(runtime), process, command, size)

        def write_line(line: str) -> None:
            self._logs.append(runtime.app_id, "app", process, line)
            on_line(line)

        app.one_off.append(dyno)
        try:
            return await dyno.run_once(write_line)
        finally:
            app.one_off.remove(dyno)

    def start_once(self, runtime: AppRuntime, request: OneOff, line: LineSource | None) -> Dyno:
        """Start a one-off dyno, attached to the client of `line`; without one, log its output.

        Raises:
            ValueError: the app has no slug.
        """
        app = self._apps[runtime.app_id]
        context = self._context(replace(runtime, env={**runtime.env, **request.env}))
        dyno = DynoProcess(context, _free_name(app, request.type), request.command, request.size)

        app.one_off.append(dyno)
        task = dyno.start_once(request.seconds, line and partial(_attach, line, request.tty))
        task.add_done_callback(lambda _: app.one_off.remove(dyno))
        return dyno.current

    def dynos(self, app_id: str) -> list[Dyno]:
        """Return an app's dynos, including one-off ones, by type and number."""
        app = self._apps.get(app_id) or _AppDynos()
        current = [dyno.current for dyno in (*app.dynos.values(), *app.one_off)]
        return sorted(current, key=lambda dyno: (dyno.type, len(dyno.name), dyno.name))

    def watch(self, watcher: DynoWatcher) -> None:
        """Call the watcher for every dyno that appears, changes or disappears."""
        self._watchers.append(watcher)

    async def restart(self, app_id: str, name: str | None) -> None:
        """Restart one dyno (`web.1`), the dynos of one type (`web`), or all; end one-off ones.

        Raises:
            UnknownDyno: there is no such dyno.
        """
        async with self._lock(app_id) as app:
            names = [known for known in app.dynos if name in {None, known, _type(known)}]
            one_off = [d for d in app.one_off if name in {d.current.name, d.current.type}]
            if name is not None and not names and not one_off:
                raise UnknownDyno(name)
            await asyncio.gather(*(dyno.stop() for dyno in one_off))
            if app.runtime:
                specs = _specs_by_name(app.runtime)
                await self._stop(app, names)
                self._start(app, {known: specs[known] for known in names})

    async def remove(self, app_id: str) -> None:
        """Stop an app's dynos and forget the app."""
        async with self._lock(app_id) as app:
            await self._stop(app, list(app.dynos))
            while app.one_off:
                await asyncio.gather(*(dyno.stop() for dyno in app.one_off))
            del self._apps[app_id]
        await asyncio.to_thread(shutil.rmtree, self._folder / app_id, ignore_errors=True)

    def wants_web(self, app_id: str) -> bool:
        """Return whether the app's formation has web dynos, in whatever state they are."""
        app = self._apps.get(app_id)
        runtime = app.runtime if app else None
        return runtime is not None and any(_type(name) == WEB for name in _specs_by_name(runtime))

    def web_dyno(self, app_id: str) -> tuple[str, int] | None:
        """Return the name and port of a web dyno that is up, in rotation."""
        app = self._apps.get(app_id)
        if not app:
            return None
        ready = [
            (dyno.current.name, dyno.port)
            for dyno in app.dynos.values()
            if dyno.current.type == WEB
            and dyno.current.state is DynoState.UP
            and dyno.port is not None
        ]
        if not ready:
            return None
        app.turn += 1
        return ready[app.turn % len(ready)]

    def port_of(self, app_id: str, name: str) -> int | None:
        """Return the port of a web dyno if it is up."""
        app = self._apps.get(app_id)
        dyno = app.dynos.get(name) if app else None
        return dyno.port if dyno and dyno.current.state is DynoState.UP else None

    def web_port(self, app_id: str) -> int | None:
        """Return the port of a web dyno that is up, in rotation."""
        dyno = self.web_dyno(app_id)
        return dyno[1] if dyno else None

    async def close(self) -> None:
        """Stop every dyno."""
        try:
            await asyncio.gather(*(self.remove(app_id) for app_id in list(self._apps)))
        finally:
            self._registry.close()

    @asynccontextmanager
    async def _lock(self, app_id: str) -> AsyncIterator[_AppDynos]:
        """Lock the app's dynos; a caller that waited while the app was removed gets a new entry.

        Dynos that were started for a removed app could never be stopped.
        """
        while True:
            app = self._apps[app_id]
            async with app.lock:
                if self._apps.get(app_id) is app:
                    yield app
                    return

    def _start(self, app: _AppDynos, specs: dict[str, ProcessSpec]) -> None:
        if app.runtime is None:
            return
        for name, spec in specs.items():
            dyno = DynoProcess(self._context(app.runtime), name, spec.command, spec.size)
            app.dynos[name] = dyno
            dyno.start()

    async def _stop(self, app: _AppDynos, names: Iterable[str]) -> None:
        await asyncio.gather(*(app.dynos.pop(name).stop() for name in list(names)))

    def _context(self, runtime: AppRuntime) -> AppContext:
        if runtime.slug is None:
            raise ValueError(f"{runtime.app_name} has no slug to run: deploy it first")
        return AppContext(
            app_id=runtime.app_id,
            slug=runtime.slug,
            env=runtime.env,
            folder=self._folder / runtime.app_id,
            logs=self._logs,
            registry=self._registry,
            timeouts=self._timeouts,
            watchers=self._watchers,
            release=runtime.release,
        )


def _specs_by_name(runtime: AppRuntime) -> dict[str, ProcessSpec]:
    if runtime.slug is None:
        return {}
    return {
        f"{process}.{number}": spec
        for process, spec in runtime.formation.items()
        for number in range(1, spec.quantity + 1)
    }


def _changed(
    before: AppRuntime | None, after: AppRuntime, dyno: DynoProcess, spec: ProcessSpec
) -> bool:
    same_release = before and before.slug == after.slug and dict(before.env) == dict(after.env)
    same_process = (dyno.current.command, dyno.current.size) == (spec.command, spec.size)
    return not (same_release and same_process)


async def _attach(line: LineSource, tty: bool) -> Terminal:
    try:
        return Terminal(await line(), tty=tty)
    except TimeoutError:
        raise AttachError from None


def _free_name(app: _AppDynos, process: str) -> str:
    """Return a name such as run.4821."""
    used_names = {dyno.current.name for dyno in app.one_off}
    while (name := f"{process}.{1000 + secrets.randbelow(9000)}") in used_names:
        pass
    return name


def _type(name: str) -> str:
    return name.partition(".")[0]
