"""The engine's gRPC messages and services, without importing the Pulumi SDK.

`import pulumi` takes 0.2 s, and the engine starts the language host twice and a provider once for
each preview.  The generated modules do not depend on the SDK: loading them under another parent
package means that only the process that runs a program imports the SDK.  Protobuf has one class
per message however often its module is loaded, so both imports see the same classes.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = [
    "engine_pb2",
    "engine_pb2_grpc",
    "language_pb2",
    "language_pb2_grpc",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "status_pb2",
]

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        engine_pb2,
        engine_pb2_grpc,
        language_pb2,
        language_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        status_pb2,
    )
else:
    _PARENT = f"{__name__}_generated"

    def __getattr__(name: str) -> ModuleType:
        """Load a module at its first use: the host and the provider need different modules."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if _PARENT not in sys.modules:
            sys.modules[_PARENT] = _parent_package()
        return importlib.import_module(f"{_PARENT}.{name}")

    def _parent_package() -> ModuleType:
        sdk = importlib.util.find_spec("pulumi")
        if sdk is None or sdk.origin is None:
            raise ModuleNotFoundError(
                "the Pulumi SDK is not installed in this Python; reinstall dynostack",
                name="pulumi",
            )
        package = ModuleType(_PARENT)
        package.__path__ = [str(Path(sdk.origin).parent / "runtime" / "proto")]
        return package
