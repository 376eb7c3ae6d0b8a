"""Starts plugins before the engine, which would start them and wait for them one by one.

An engine uses a plugin that is already running if an environment variable names its port.
https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/resource/plugin/provider_plugin.go
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

from .placement import HOST, POLICIES, PROVIDER

VARIABLES = {
    "PULUMI_DEBUG_LANGUAGES": ("python", HOST),
    "PULUMI_DEBUG_PROVIDERS": ("heroku", PROVIDER),
}
"""Environment variable -> the engine's name for the plugin, and our plugin."""


@dataclass(frozen=True)
class Ahead:
    """Plugins that are running."""

    variables: Mapping[str, str]
    """The environment variables by which an engine finds them."""
    written: IO[str]

    def errors(self) -> list[str]:
        """Return the lines on stderr of the plugins and of the program that one of them ran.

        The engine reports such lines as diagnostics only for plugins that it started itself.
        """
        self.written.seek(0)
        return self.written.read().splitlines(keepends=True)


@contextmanager
def plugins_ahead(
    pulumi_home: Path | None,
    project: Path,
    environment: Mapping[str, str],
    *,
    has_policies: bool = False,
) -> Iterator[Ahead]:
    """Start the plugins that an engine would start; they end with the context.

    It starts only plugins of this package, and skips those whose variable the shell already sets.

    Args:
        pulumi_home: the engine's home, with its plugins.
        project: the folder of the Pulumi project.
        environment: the engine's variables.
        has_policies: whether the engine will run a policy pack.
    """
    with ExitStack() as ending, tempfile.TemporaryFile("w+", encoding="utf-8") as written:
        started = {}
        for variable, (name, plugin) in VARIABLES.items():
            if pulumi_home and plugin.is_placed(pulumi_home) and variable not in environment:
                flags = [POLICIES] if plugin is HOST and has_policies else []
                process = _started([*plugin.command, *flags], project, environment, written)
                started[variable] = (name, ending.enter_context(process))
        ports = {variable: (name, ports.get()) for variable, (name, ports) in started.items()}
        yield Ahead(
            {each: f"{name}:{port}" for each, (name, port) in ports.items() if port}, written
        )


@contextmanager
def _started(
    command: list[str], project: Path, environment: Mapping[str, str], errors: IO[str]
) -> Iterator[SimpleQueue[str]]:
    """Start a plugin; the queue gets its port once it listens.

    The queue gets "" if the plugin fails to start: the engine then starts it and reports why.
    """
    process = subprocess.Popen(
        command,
        cwd=project,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        # Only the engine must get an interrupt: it needs its plugins to finish its work.
        start_new_session=True,
    )
    port = SimpleQueue[str]()
    reader = Thread(target=_read, args=(process.stdout, port), daemon=True)
    reader.start()
    with process:
        try:
            yield port
        finally:
            process.terminate()
            reader.join()


def _read(output: IO[str], port: SimpleQueue[str]) -> None:
    """Put the first line into the queue, and read on so that the pipe does not fill up."""
    port.put(output.readline().strip())
    for _ in output:
        pass
