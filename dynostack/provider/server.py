"""The plugin's process: gRPC on a loopback port that the engine reads from standard output."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# The engine's own limit.
_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024)]
_DETAILS = "grpc-status-details-bin"
_EMPTY = empty_pb2.Empty()


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Hands each request to the provider, and tells errors as a person reads them."""

    def __init__(self, provider: HerokuProvider) -> None:
        answered: dict[str, Callable[[Any], Awaitable[Any]]] = {
            "GetSchema": provider.get_schema,
            "CheckConfig": provider.check_config,
            "DiffConfig": provider.diff_config,
            "Configure": provider.configure,
            "Check": provider.check,
            "Diff": provider.diff,
            "Create": provider.create,
            "Read": provider.read,
            "Update": provider.update,
            "Delete": provider.delete,
            "Invoke": provider.invoke,
        }
        self._provider = provider
        for name, answer in answered.items():
            setattr(self, name, self._in_words(answer))

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """The version that the engine looks for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    async def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """The person interrupted the engine."""
        await self._provider.cancel()
        return _EMPTY

    def _in_words(
        self, answer: Callable[[Any], Awaitable[Any]]
    ) -> Callable[[Any, Any], Awaitable[Any]]:
        async def told(request: Any, context: Any) -> Any:
            try:
                return await answer(request) or _EMPTY
            except Exception as error:
                await self._refuse(context, error)

        return told

    async def _refuse(self, context: Any, error: Exception) -> None:
        details: tuple[tuple[str, bytes], ...] = ()
        if isinstance(error, InitializationError):
            details = ((_DETAILS, _initialization_failed(error)),)
        message = self._provider.hide(_words(error))
        await context.abort(grpc.StatusCode.UNKNOWN, message, details)


def _words(error: Exception) -> str:
    if isinstance(error, ProviderError):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"the provider itself went wrong, please report it: {error!r} in "
        f"{Path(place.filename).name}, line {place.lineno}"
    )


def _initialization_failed(error: InitializationError) -> bytes:
    failed = provider_pb2.ErrorResourceInitFailed(
        id=error.id, properties=error.outputs, reasons=[str(error)]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(failed)
    return status.SerializeToString()


class EngineLog:
    """Tells progress to the engine, which shows it beside the resource."""

    def __init__(self, address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.aio.insecure_channel(address))

    async def __call__(self, urn: str, message: str) -> None:
        """One line, shown until the next one comes."""
        line = engine_pb2.LogRequest(
            severity=engine_pb2.INFO, message=message, urn=urn, ephemeral=True
        )
        log: Any = self._engine.Log
        await log(line)


ORPHAN_CHECK = 2.0
"""Seconds between two looks whether the engine is still there: killed, it cannot say goodbye."""


async def serve(engine_address: str) -> None:
    """Serve until the engine ends the process or is gone."""
    engine = os.getppid()
    provider = HerokuProvider(EngineLog(engine_address))
    server = grpc.aio.server(options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        while await server.wait_for_termination(ORPHAN_CHECK) and os.getppid() == engine:
            pass
    finally:
        await provider.close()


def main(arguments: list[str]) -> None:
    """Run the plugin; the engine gives its own address as the first argument that is no option."""
    engine_address = next((each for each in arguments if not each.startswith("-")), "")
    try:
        asyncio.run(serve(engine_address))
    except KeyboardInterrupt:
        return
