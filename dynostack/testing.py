"""The resources that a project's program declares, for its tests; the engine does not run."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.runtime import mocks, rpc, run_in_stack, settings
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest, RegisterResourceResponse

PROJECT, STACK = "project", "test"
STACK_TYPE = "pulumi:pulumi:Stack"
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "heroku:app/app:App": {
        "webUrl": "https://app.example.com/",
        "gitUrl": "https://git.example.com/app.git",
    },
    "heroku:addon/addon:Addon": {"name": "addon-cubed-1234", "configVars": []},
    "heroku:domain/domain:Domain": {"cname": "target.example.com"},
}
"""Type of a resource -> what Heroku would answer beside the inputs."""


@dataclass(frozen=True)
class DeclaredResource:
    """One resource, without what only Heroku knows."""

    type: str
    """Such as heroku:app/app:App."""
    name: str
    """The resource's name in the program."""
    inputs: Mapping[str, Any]
    """Its properties, named as in Pulumi's documentation for YAML, such as appId."""


class _Recorder(mocks.Mocks):
    def __init__(self) -> None:
        self.resources: list[DeclaredResource] = []

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:  # noqa: ARG002
        """Answer that nothing was found: a test asks no service."""
        return {}, None

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Record a resource, and return an id and its inputs as its outputs."""
        self.resources.append(DeclaredResource(args.typ, args.name, _plain(args.inputs)))
        identity = uuid.uuid5(uuid.NAMESPACE_DNS, f"{args.typ} {args.name}")
        return str(identity), {**ANSWERS.get(args.typ, {}), **args.inputs}


class _Monitor(mocks.MockMonitor):
    def RegisterResource(  # noqa: N802 - the name in Pulumi's protocol
        self, request: RegisterResourceRequest
    ) -> RegisterResourceResponse:
        """Register a resource, and close the event loop that Pulumi's mock leaves open."""
        monitor: Any = super()
        answer: RegisterResourceResponse = monitor.RegisterResource(request)
        if request.type != STACK_TYPE:
            asyncio.get_event_loop().close()
            asyncio.set_event_loop(None)
        return answer


def _plain(value: Any) -> Any:
    """Return a value with its secrets in plain text; in a test they are empty."""
    if rpc.is_rpc_secret(value):
        return _plain(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def declared(environment: Any, declare: Callable[[Any], None]) -> list[DeclaredResource]:
    """Return every resource that a program declares for an environment, in order.

    Args:
        environment: an instance of the project's `Environment`.
        declare: the function that the project passes to `dynostack.program.run`.
    """
    recorder = _Recorder()
    asyncio.run(_run(recorder, lambda: declare(environment)))
    return recorder.resources


async def _run(recorder: _Recorder, program: Callable[[], None]) -> None:
    monitor = _Monitor(recorder)
    mocks.set_mocks(recorder, project=PROJECT, stack=STACK, preview=False, monitor=monitor)
    # The mocks create a stack that has already ended; the program gets its own.
    settings.set_root_resource(None)  # type: ignore[arg-type]
    await run_in_stack(program)
