"""Fixtures that declare an environment to a Pulumi mock that records all registrations."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime import mocks, rpc, run_in_stack, settings
from pulumi.runtime.proto import resource_pb2

from dynostack.components import declare as declare_everything
from dynostack.environment import load

HEAD = """config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-shop
"""
WEB_URL = "https://acme-shop-1234567890ab.herokuapp.com/"
NO_OUTPUTS: dict[str, Any] = {}


@dataclass(frozen=True)
class Secret:
    """A value that the engine encrypts in the state."""

    value: object


@dataclass(frozen=True)
class Declared:
    """A resource as it was registered; other resources are named by "type name"."""

    inputs: dict[str, Any]
    parent: str
    provider: str
    protect: bool
    delete_before_replace: bool
    ignore_changes: frozenset[str]
    """Properties whose changes in the program are ignored."""
    after: frozenset[str]
    """Resources that are created first."""


@dataclass
class Declaration(mocks.Mocks):
    """All resources of an environment by "type name", without heroku: and dynostack:."""

    resources: dict[str, Declared] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)

    def of_type(self, kind: str) -> dict[str, Declared]:
        """Return the resources of a type, by name."""
        found = (key.split(" ") for key in self.resources)
        return {name: self.resources[f"{kind} {name}"] for each, name in found if each == kind}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(f"{args.token} asks Heroku while declaring")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Simulate Heroku's answers, as far as the tests need them."""
        answers: dict[str, dict[str, Any]] = {
            "heroku:app/app:App": {"webUrl": WEB_URL, "gitUrl": "https://git/shop.git"},
            "heroku:addon/addon:Addon": {"name": f"{args.name}-42", "configVars": ["SOME_URL"]},
            "heroku:domain/domain:Domain": {"cname": "target.example"},
        }
        identity = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{args.typ} {args.name}"))
        return identity, {**args.inputs, **answers.get(args.typ, NO_OUTPUTS)}


class Monitor(mocks.MockMonitor):
    """Records complete registrations, of which mocks receive only a part."""

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration)
        self.declaration = declaration

    def RegisterResource(  # noqa: N802 (the name in Pulumi's protocol)
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        if request.type == "pulumi:pulumi:Stack":
            return _registered(super(), request)
        inputs = rpc.deserialize_properties(request.object)
        self.declaration.resources[f"{_short(request.type)} {request.name}"] = Declared(
            inputs={name: _value(value) for name, value in inputs.items()},
            parent=_named(request.parent),
            provider=_named(request.provider.rpartition("::")[0]),
            protect=request.protect,
            delete_before_replace=request.deleteBeforeReplace,
            ignore_changes=frozenset(request.ignoreChanges),
            after=frozenset(map(_named, request.dependencies)),
        )
        try:
            return _registered(super(), request)
        finally:
            # Pulumi's mock creates an event loop for this thread and leaves it open.
            asyncio.get_event_loop().close()
            asyncio.set_event_loop(None)

    def RegisterResourceOutputs(  # noqa: N802 (the name in Pulumi's protocol)
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        if "pulumi:pulumi:Stack::" in request.urn:
            outputs = rpc.deserialize_properties(request.outputs, keep_unknowns=True)
            # The mocks' own stack, which has no outputs, may register them last.
            self.declaration.outputs |= {name: _value(each) for name, each in outputs.items()}
        return empty_pb2.Empty()


def _registered(
    monitor: Any, request: resource_pb2.RegisterResourceRequest
) -> resource_pb2.RegisterResourceResponse:
    answer: resource_pb2.RegisterResourceResponse = monitor.RegisterResource(request)
    return answer


def _named(urn: str) -> str:
    """Return the `type name` of a URN; "" for the stack itself."""
    if not urn or "pulumi:pulumi:Stack::" in urn:
        return ""
    kinds, name = urn.split("::")[2:4]
    return f"{_short(kinds.rpartition('$')[2])} {name}"


def _short(kind: str) -> str:
    for prefix in ("heroku:", "dynostack:heroku:"):
        kind = kind.removeprefix(prefix)
    return kind


def _value(value: object) -> object:
    if rpc.is_rpc_secret(value):
        return Secret(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {name: _value(each) for name, each in value.items()}
    return [_value(each) for each in value] if isinstance(value, list) else value


Declare = Callable[..., Declaration]
Program = Callable[[Any], None]


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Declare the environment in a text; `secrets` maps ciphertext to plain text."""
    monkeypatch.chdir(tmp_path)

    def run(
        text: str, *, preview: bool = False, program: Program = declare_everything, **secrets: str
    ) -> Declaration:
        for folder in ("examples/django", "examples/other"):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        (tmp_path / "Pulumi.x.yaml").write_text(text)
        environment = load("x", tmp_path, _opened(text, secrets))
        declaration = Declaration()
        asyncio.run(_told(declaration, lambda: program(environment), preview))
        return declaration

    return run


def _opened(text: str, secrets: dict[str, str]) -> dict[str, object]:
    """Return the engine's configuration for the program: sections with secrets in plain text."""

    def opened(value: Any) -> Any:
        if isinstance(value, dict):
            if list(value) == ["secure"]:
                return secrets.get(value["secure"], "")
            return {key: opened(each) for key, each in value.items()}
        return [opened(each) for each in value] if isinstance(value, list) else value

    sections = yaml.safe_load(text)["config"]
    return {key.removeprefix("shop:"): opened(section) for key, section in sections.items()}


async def _told(declaration: Declaration, program: Callable[[], None], preview: bool) -> None:
    monitor = Monitor(declaration)
    mocks.set_mocks(declaration, project="shop", stack="x", preview=preview, monitor=monitor)
    # The mocks' stack is already finished; the program gets its own stack, with outputs.
    settings.set_root_resource(None)  # type: ignore[arg-type]
    await run_in_stack(program)
