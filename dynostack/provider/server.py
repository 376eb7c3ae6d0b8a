"""The plugin's process: gRPC on a loopback port that the engine reads from standard output."""

from __future__ import annotations

import asyncio
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import grpc.aio
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from dynostack.provider.errors import ProviderError
from dynostack.provider.provider import HerokuProvider, InitializationError
from dynostack.provider.values import unwrap_all

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

VERSION: Final = "1.0.4"
_DETAILS = "grpc-status-details-bin"
_ANSWERED = ("CheckConfig", "Configure", "Check", "Diff", "Create", "Read", "Update", "Delete")


class Servicer(ProviderServicer):
    """The SDK's translation between gRPC and the provider, with errors as a person reads them.

    The SDK itself sends a traceback, and cannot say that a resource was made but not finished.
    """

    def __init__(self, provider: HerokuProvider, engine_address: str) -> None:
        super().__init__([], VERSION, provider, engine_address)
        self._heroku = provider

    async def refuse(self, context: grpc.aio.ServicerContext[Any, Any], error: Exception) -> None:
        """End a request with what went wrong."""
        details: tuple[tuple[str, bytes], ...] = ()
        if isinstance(error, InitializationError):
            details = ((_DETAILS, _initialization_failed(error)),)
        message = self._heroku.hide(_in_words(error))
        await context.abort(grpc.StatusCode.UNKNOWN, message, details)

    async def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        """Whether the provider's configuration changed; it never needs a new provider.

        The SDK answers that it does not know, and then a secret differs from its plain value.
        """
        old = unwrap_all(PropertyValue.unmarshal_map(request.old_inputs))
        new = unwrap_all(PropertyValue.unmarshal_map(request.news))
        kinds = provider_pb2.DiffResponse
        return kinds(changes=kinds.DIFF_NONE if old == new else kinds.DIFF_SOME)


def _with_errors_in_words(name: str) -> Callable[[Servicer, Any, Any], Awaitable[Any]]:
    translated = getattr(ProviderServicer, name)

    async def answer(self: Servicer, request: Any, context: Any) -> Any:
        try:
            return await translated(self, request, context)
        except NotImplementedError:
            raise
        except Exception as error:
            # The SDK raises a text with a traceback while it handles the error itself.
            cause = error.__context__
            return await self.refuse(context, cause if isinstance(cause, Exception) else error)

    return answer


for _name in _ANSWERED:
    setattr(Servicer, _name, _with_errors_in_words(_name))


def _in_words(error: Exception) -> str:
    if isinstance(error, ProviderError):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"the provider itself went wrong, please report it: {error!r} in "
        f"{Path(place.filename).name}, line {place.lineno}"
    )


def _initialization_failed(error: InitializationError) -> bytes:
    failed = provider_pb2.ErrorResourceInitFailed(
        id=error.id,
        properties=PropertyValue.marshal_map(error.outputs),
        reasons=[str(error)],
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


async def serve(engine_address: str) -> None:
    """Serve until the engine ends the process."""
    provider = HerokuProvider(EngineLog(engine_address))
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    servicer = Servicer(provider, engine_address)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        await server.wait_for_termination()
    finally:
        await provider.close()


def main(arguments: list[str]) -> None:
    """Run the plugin; the engine gives its own address as the last argument."""
    engine_address = next((each for each in arguments if not each.startswith("-")), "")
    try:
        asyncio.run(serve(engine_address))
    except KeyboardInterrupt:
        return
