"""A client that calls the real provider like the engine, but with plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynostack.protocol import provider_pb2 as pb
from dynostack.provider.api import Backoff
from dynostack.provider.provider import HerokuProvider, InitializationError
from dynostack.provider.values import is_secret, unwrap, unwrap_all, wrap_all
from tests.provider.fake import API_KEY

if TYPE_CHECKING:
    from google.protobuf import struct_pb2

QUICK = Backoff(first=0.001, most=0.002, limited_tries=3, broken_tries=3)
_KINDS = pb.PropertyDiff
_NAMES = {
    _KINDS.ADD: "add",
    _KINDS.UPDATE: "update",
    _KINDS.DELETE: "delete",
    _KINDS.ADD_REPLACE: "add, replace",
    _KINDS.UPDATE_REPLACE: "update, replace",
    _KINDS.DELETE_REPLACE: "delete, replace",
}


class Asking:
    """One type of resource of a configured provider."""

    def __init__(self, provider: HerokuProvider, token: str) -> None:
        self.provider = provider
        self.urn = f"urn:pulumi:local::shop::acme:App${token}::main"

    @classmethod
    async def of(cls, url: str, token: str, settings: dict[str, Any] | None = None) -> Asking:
        provider = HerokuProvider(backoff=QUICK)
        arguments = {"url": url, "apiKey": API_KEY, **(settings or {})}
        await provider.configure(pb.ConfigureRequest(args=wrap_all(arguments)))
        return cls(provider, token)

    async def check(self, inputs: Any, old: Any = None) -> dict[str, Any]:
        request = pb.CheckRequest(urn=self.urn, olds=wrap_all(old or {}), news=wrap_all(inputs))
        answer = await self.provider.check(request)
        failures: dict[str, str] = {}
        for each in answer.failures:
            # The engine would print the value of a separate property, which may be a secret.
            assert not each.property
            name, _, reason = each.reason.partition(": ")
            failures[name] = f"{failures[name]}; {reason}" if name in failures else reason
        return {"failures": failures} if failures else {"inputs": _plain(answer.inputs)}

    async def diff(self, state: Any, inputs: Any) -> Any:
        request = pb.DiffRequest(
            urn=self.urn, id=_id(state), olds=wrap_all(state), news=wrap_all(inputs)
        )
        answer = await self.provider.diff(request)
        if answer.changes == pb.DiffResponse.DIFF_NONE:
            return "same"
        changes = {path: _NAMES[each.kind] for path, each in answer.detailedDiff.items()}
        first = {"deletes first": True} if answer.deleteBeforeReplace else {}
        replaces = {"replaces": list(answer.replaces)} if answer.replaces else {}
        return {"changes": changes, **replaces, **first}

    async def create(self, inputs: Any) -> Any:
        request = pb.CreateRequest(urn=self.urn, properties=wrap_all(inputs))
        try:
            answer = await self.provider.create(request)
        except InitializationError as error:
            return {"error": str(error), "kept": _told(error.id, error.outputs)}
        return _told(answer.id, answer.properties)

    async def preview(self, inputs: Any, state: Any) -> Any:
        if state:
            updated = await self.provider.update(self._update(state, inputs, preview=True))
            return _told(None, updated.properties)
        request = pb.CreateRequest(urn=self.urn, properties=wrap_all(inputs), preview=True)
        return _told(None, (await self.provider.create(request)).properties)

    async def update(self, state: Any, inputs: Any) -> Any:
        try:
            answer = await self.provider.update(self._update(state, inputs, preview=False))
        except InitializationError as error:
            return {"error": str(error), "kept": _told(error.id, error.outputs)}
        return _told(None, answer.properties)

    async def read(self, id_: str, state: Any, inputs: Any) -> Any:
        request = pb.ReadRequest(
            urn=self.urn, id=id_, properties=wrap_all(state), inputs=wrap_all(inputs)
        )
        answer = await self.provider.read(request)
        if not answer.id:
            return "gone"
        return {**_told(answer.id, answer.properties), "inputs": _plain(answer.inputs)}

    async def delete(self, state: Any) -> None:
        request = pb.DeleteRequest(urn=self.urn, id=_id(state), properties=wrap_all(state))
        await self.provider.delete(request)

    def _update(self, state: Any, inputs: Any, *, preview: bool) -> pb.UpdateRequest:
        old, new = wrap_all(state), wrap_all(inputs)
        return pb.UpdateRequest(urn=self.urn, id=_id(state), olds=old, news=new, preview=preview)


def _id(state: Any) -> str:
    return str(state.get("id", "id-1"))


def _plain(properties: struct_pb2.Struct) -> dict[str, Any]:
    return {key: unwrap(value) for key, value in properties.fields.items()}


def _told(id_: str | None, outputs: struct_pb2.Struct) -> dict[str, Any]:
    """Return outputs without those that are null or only for the Terraform bridge."""
    state = unwrap_all(outputs)
    state.pop("__meta", None)
    secrets = sorted(
        key for key, value in outputs.fields.items() if is_secret(value) and key in state
    )
    named = {"id": id_} if id_ is not None else {}
    return {**named, "state": state, **({"secrets": secrets} if secrets else {})}
