"""The messages between engine and language host, without importing the Pulumi SDK.

`import pulumi` takes 0.2 s and the engine starts the host twice for a preview, once only to ask
which plugins it needs.  The generated modules stand on their own; loading them under another
parent package leaves the SDK to the start that runs a program.  Protobuf gives one class per
message however often its module is loaded, so both ways see the same classes.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

    __all__ = ["language_pb2", "language_pb2_grpc", "plugin_pb2"]
else:
    _PARENT = "dynostack.toolchain._generated"

    def _generated(name: str) -> ModuleType:
        return importlib.import_module(f"{_PARENT}.{name}")

    def _parent_package() -> ModuleType:
        sdk = importlib.util.find_spec("pulumi")
        if sdk is None or sdk.origin is None:
            raise ModuleNotFoundError(
                "the Pulumi SDK is not installed here; run make", name="pulumi"
            )
        package = ModuleType(_PARENT)
        package.__path__ = [str(Path(sdk.origin).parent / "runtime" / "proto")]
        return package

    sys.modules[_PARENT] = _parent_package()
    language_pb2 = _generated("language_pb2")
    language_pb2_grpc = _generated("language_pb2_grpc")
    plugin_pb2 = _generated("plugin_pb2")
