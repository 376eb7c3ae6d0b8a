"""A policy pack that forbids every stack; the tests run it as a plugin in Python."""

# ruff: noqa: N802, ARG002 -- names and arguments of methods are those of the gRPC service

from __future__ import annotations

from concurrent import futures
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

POLICY = "nothing-at-all"
MANDATORY = analyzer_pb2.MANDATORY


class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    """The smallest analyzer that the engine accepts."""

    def GetAnalyzerInfo(self, request: Any, context: Any) -> analyzer_pb2.AnalyzerInfo:
        policy = analyzer_pb2.PolicyInfo(name=POLICY, enforcementLevel=MANDATORY)
        return analyzer_pb2.AnalyzerInfo(name="pack", version="0.0.1", policies=[policy])

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="0.0.1")

    def Configure(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Analyze(self, request: Any, context: Any) -> analyzer_pb2.AnalyzeResponse:
        return analyzer_pb2.AnalyzeResponse()

    def Remediate(self, request: Any, context: Any) -> analyzer_pb2.RemediateResponse:
        return analyzer_pb2.RemediateResponse()

    def AnalyzeStack(self, request: Any, context: Any) -> analyzer_pb2.AnalyzeResponse:
        diagnostic = analyzer_pb2.AnalyzeDiagnostic(
            policyName=POLICY,
            policyPackName="pack",
            policyPackVersion="0.0.1",
            message=f"forbidden: {len(request.resources)} resource",
            enforcementLevel=MANDATORY,
        )
        return analyzer_pb2.AnalyzeResponse(diagnostics=[diagnostic])


if __name__ == "__main__":
    server = grpc.server(futures.ThreadPoolExecutor(4))
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()
