"""The plugin's process: a gRPC server on a loopback port that it prints for the engine."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc.aio
from google.protobuf import empty_pb2

from dynostack.protocol import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)
from dynostack.provider.errors import ProviderError
from dynostack.provider.provider import HerokuProvider, InitializationError
from dynostack.provider.resources import VERSION

# The engine's own limit.
_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024)]
_DETAILS = "grpc-status-details-bin"
_EMPTY = empty_pb2.Empty()

Answer = Callable[[HerokuProvider, Any], Awaitable[Any]]

ANSWERS: dict[str, Answer] = {
    "GetSchema": HerokuProvider.get_schema,
    "CheckConfig": HerokuProvider.check_config,
    "DiffConfig": HerokuProvider.diff_config,
    "Configure": HerokuProvider.configure,
    "Check": HerokuProvider.check,
    "Diff": HerokuProvider.diff,
    "Create": HerokuProvider.create,
    "Read": HerokuProvider.read,
    "Update": HerokuProvider.update,
    "Delete": HerokuProvider.delete,
    "Invoke": HerokuProvider.invoke,
}
"""Method of the engine's `ResourceProvider` service -> the provider's method."""


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Passes each request to a provider, and returns errors with readable messages.

    A process that an engine starts is one provider.  A process that is started before its engine
    (`engine_address` is "") has a provider for each connection: the engine opens a connection for
    each provider that a stack declares, or has declared before.
    """

    def __init__(self, engine_address: str) -> None:
        self._engine_address = engine_address
        self._shared = bool(engine_address)
        self._providers: dict[str, HerokuProvider] = {}
        for name, answer in ANSWERS.items():
            setattr(self, name, self._in_words(answer))

    def _provider(self, context: Any) -> HerokuProvider:
        connection = "" if self._shared else context.peer()
        if connection not in self._providers:
            self._providers[connection] = HerokuProvider(EngineLog(self._engine_address))
        return self._providers[connection]

    async def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Connect to an engine that has found this process running."""
        self._engine_address = request.address
        return _EMPTY

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Return the version that the engine expects."""
        return plugin_pb2.PluginInfo(version=VERSION)

    async def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Stop waiting, because the user has interrupted the engine."""
        await self._provider(context).cancel()
        return _EMPTY

    async def close(self) -> None:
        """Close the connections."""
        for provider in self._providers.values():
            await provider.close()

    def _in_words(self, answer: Answer) -> Callable[[Any, Any], Awaitable[Any]]:
        async def told(request: Any, context: Any) -> Any:
            provider = self._provider(context)
            try:
                return await answer(provider, request) or _EMPTY
            except Exception as error:
                refusal = error
            # Outside of the handler: gRPC would print the whole chain of exceptions.
            await _refuse(provider, context, refusal)
            raise AssertionError("abort did not raise")

        return told


async def _refuse(provider: HerokuProvider, context: Any, error: Exception) -> None:
    details: tuple[tuple[str, bytes], ...] = ()
    message = provider.hide(_words(error))
    if isinstance(error, InitializationError):
        details = ((_DETAILS, _initialization_failed(error, message)),)
    await context.abort(grpc.StatusCode.UNKNOWN, message, details)


def _words(error: Exception) -> str:
    """Return an error's message; for an unexpected one only its type, as it may hold secrets."""
    if isinstance(error, ProviderError):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"internal error of the provider: {type(error).__name__} in "
        f"{Path(place.filename).name}, line {place.lineno}; please report it"
    )


def _initialization_failed(error: InitializationError, message: str) -> bytes:
    failed = provider_pb2.ErrorResourceInitFailed(
        id=error.id, properties=error.outputs, reasons=[message]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
    status.details.add().Pack(failed)
    return status.SerializeToString()


class EngineLog:
    """Reports progress to the engine, which shows it beside the resource."""

    def __init__(self, address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.aio.insecure_channel(address))

    async def __call__(self, urn: str, message: str) -> None:
        """Report a line, which the engine shows until the next one comes.

        Errors are ignored, so that a resource that was just created is not forgotten.
        """
        line = engine_pb2.LogRequest(
            severity=engine_pb2.INFO, message=message, urn=urn, ephemeral=True
        )
        log: Any = self._engine.Log
        with suppress(grpc.aio.AioRpcError):
            await log(line)


ORPHAN_CHECK = 2.0
"""Seconds between checks that the parent still runs; a killed parent cannot stop this process."""


async def serve(engine_address: str) -> None:
    """Serve until the parent, usually the engine, stops the process or has ended."""
    parent = os.getppid()
    servicer = Servicer(engine_address)
    server = grpc.aio.server(options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        while await server.wait_for_termination(ORPHAN_CHECK) and os.getppid() == parent:
            pass
    finally:
        await servicer.close()


def main(arguments: list[str]) -> None:
    """Run the plugin; an engine passes its address as the first argument that is not an option."""
    engine_address = next((each for each in arguments if not each.startswith("-")), "")
    try:
        asyncio.run(serve(engine_address))
    except KeyboardInterrupt:
        return
