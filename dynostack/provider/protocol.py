"""The messages between engine and provider, without importing the Pulumi SDK.

``import pulumi`` takes longer than all that the provider does for a preview.  The generated modules
stand on their own; loading them under another parent package leaves the SDK out.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from google.protobuf import empty_pb2, struct_pb2

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        engine_pb2,
        engine_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        status_pb2,
    )
else:
    _PARENT = "dynostack.provider._generated"

    def _parent_package() -> ModuleType:
        sdk = importlib.util.find_spec("pulumi")
        if sdk is None or sdk.origin is None:
            raise ModuleNotFoundError(
                "the Pulumi SDK is not installed here; run make", name="pulumi"
            )
        package = ModuleType(_PARENT)
        package.__path__ = [str(Path(sdk.origin).parent / "runtime" / "proto")]
        return package

    def _generated(name: str) -> ModuleType:
        return importlib.import_module(f"{_PARENT}.{name}")

    sys.modules[_PARENT] = _parent_package()
    engine_pb2 = _generated("engine_pb2")
    engine_pb2_grpc = _generated("engine_pb2_grpc")
    plugin_pb2 = _generated("plugin_pb2")
    provider_pb2 = _generated("provider_pb2")
    provider_pb2_grpc = _generated("provider_pb2_grpc")
    status_pb2 = _generated("status_pb2")

__all__ = [
    "empty_pb2",
    "engine_pb2",
    "engine_pb2_grpc",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "status_pb2",
    "struct_pb2",
]
