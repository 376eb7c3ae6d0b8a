"""A provider of one resource of the package pulumi-random, for an engine without network.

The engine starts it as `pulumi-resource-random`.
"""
# ruff: noqa: N802 - the names in Pulumi's protocol

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto import provider_pb2 as messages
from pulumi.runtime.proto.provider_pb2_grpc import (
    ResourceProviderServicer,
    add_ResourceProviderServicer_to_server,
)

PASSWORD = "a-generated-password"


class Passwords(ResourceProviderServicer):
    """Creates every password as the same text."""

    def GetPluginInfo(self, _: Any, __: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="4.0.0")

    def CheckConfig(self, request: Any, _: Any) -> messages.CheckResponse:
        return messages.CheckResponse(inputs=request.news)

    def DiffConfig(self, _: Any, __: Any) -> messages.DiffResponse:
        return messages.DiffResponse()

    def Configure(self, _: Any, __: Any) -> messages.ConfigureResponse:
        return messages.ConfigureResponse(acceptSecrets=False, supportsPreview=True)

    def Check(self, request: Any, _: Any) -> messages.CheckResponse:
        return messages.CheckResponse(inputs=request.news)

    def Diff(self, _: Any, __: Any) -> messages.DiffResponse:
        return messages.DiffResponse(changes=messages.DiffResponse.DIFF_NONE)

    def Create(self, request: Any, _: Any) -> messages.CreateResponse:
        created = messages.CreateResponse(id="" if request.preview else "token")
        created.properties.CopyFrom(request.properties)
        if not request.preview:
            created.properties.update({"result": PASSWORD})
        return created

    def Read(self, request: Any, _: Any) -> messages.ReadResponse:
        return messages.ReadResponse(
            id=request.id, properties=request.properties, inputs=request.inputs
        )

    def Delete(self, _: Any, __: Any) -> Empty:
        return Empty()


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(4))
    add_ResourceProviderServicer_to_server(Passwords(), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    while True:
        time.sleep(3600)  # the engine ends it


if __name__ == "__main__":
    main()
