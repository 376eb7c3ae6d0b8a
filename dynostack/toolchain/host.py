"""The language host of a self-built engine, which runs Python programs and policy packs.

The official host comes only with the official engine.  This one implements the calls that an
engine makes for a Python project.  The engine starts it as `pulumi-language-python <engine
address>`; it prints its port and runs until the engine interrupts it.  Without an address,
dynostack has started it ahead of the engine (`dynostack.toolchain.plugin_prestart`), and it runs
until its parent interrupts it; `--policies` also prepares it for a policy pack.
"""

# ruff: noqa: N802, ARG002 -- names and arguments of methods are those of the gRPC service

from __future__ import annotations

import os
import platform
import signal
import sys
import threading
from concurrent import futures
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from dynostack.protocol import language_pb2, language_pb2_grpc, plugin_pb2
from dynostack.startup import speed_up_imports

from . import versions
from .packages import required_plugins
from .placement import POLICIES
from .preforked_python import WarmProcess, warm_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plugin_process import PluginProcess

WORKERS = 8
"""Concurrent calls: one program, its policy packs, and the engine's other calls."""

ORPHAN_CHECK = 2.0
"""Seconds between checks that the parent still runs; a killed parent cannot stop this process."""

NEEDED = (f"{__package__}.program", "dynostack.program")
"""The modules of a program that take long to import."""

NEEDED_BY_POLICIES = (*NEEDED, "pulumi_policy")
"""The modules of a policy pack that take long to import."""

UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
"""A stack's configuration may be larger than gRPC's default limit of 4 MB."""


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """The engine's calls; the method names are those of Pulumi's `LanguageRuntime` service."""

    def __init__(self, warm: WarmProcess | None = None) -> None:
        self._plugins: set[PluginProcess] = set()
        self._warm = warm
        self.is_warm = threading.Event()
        """Set when the slow modules have been imported."""

    def Handshake(self, request: Any, context: Any) -> language_pb2.LanguageHandshakeResponse:
        """Answer the handshake, which an engine requires of a host that is already running."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        """Return the version of this host."""
        return plugin_pb2.PluginInfo(version=versions.ENGINE_VERSION)

    def About(self, request: Any, context: Any) -> language_pb2.AboutResponse:
        """Return the Python that runs programs."""
        return language_pb2.AboutResponse(
            executable=sys.executable, version=platform.python_version()
        )

    def GetRequiredPackages(
        self, request: Any, context: Any
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Return the plugins that the installed Pulumi packages need."""
        return language_pb2.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(
                    name=plugin.name, kind="resource", version=plugin.version, server=plugin.server
                )
                for plugin in required_plugins()
            ]
        )

    def Run(self, request: language_pb2.RunRequest, context: Any) -> language_pb2.RunResponse:
        """Run a Pulumi program in this process."""
        self.is_warm.wait()
        from pulumi import log  # late: see dynostack/protocol.py

        from .program import ProgramFailed, run_program

        try:
            run_program(request)
        except ProgramFailed as failure:
            log.error(str(failure))
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse()

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a plugin, such as a policy pack, and stream its output."""
        from .plugin_process import PluginProcess

        warm, self._warm = self._warm, None
        plugin = PluginProcess(request, warm)
        self._plugins.add(plugin)
        context.add_callback(plugin.end)
        try:
            yield from plugin.responses()
        finally:
            self._plugins.discard(plugin)

    def end_plugins(self) -> None:
        """Stop all running plugins."""
        for plugin in list(self._plugins):
            plugin.end()


def serve() -> None:
    """Serve the engine until it interrupts this process or has ended.

    A host that is started before its engine imports the slow modules while the engine starts.
    """
    speed_up_imports()
    parent = os.getppid()
    has_policies = POLICIES in sys.argv
    needed = NEEDED if has_policies or len(sys.argv) == 1 else ()
    if needed:
        sys.path.insert(0, str(Path.cwd()))
    host = Host(WarmProcess(NEEDED_BY_POLICIES) if has_policies else None)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = grpc.server(futures.ThreadPoolExecutor(WORKERS), options=UNLIMITED)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    warm_up(needed)
    host.is_warm.set()
    while not stop.wait(ORPHAN_CHECK) and os.getppid() == parent:
        pass
    host.end_plugins()
    sys.stdout.flush()
    sys.stderr.flush()
    # Do not let the engine wait for a program that still runs.
    os._exit(0)


if __name__ == "__main__":
    serve()
