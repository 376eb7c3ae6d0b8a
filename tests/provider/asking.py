"""Asks the real provider, as the engine does, with plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.provider.experimental.provider import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    PropertyDiffKind,
    ReadRequest,
    UpdateRequest,
)

from dynostack.provider.api import Backoff
from dynostack.provider.provider import HerokuProvider, InitializationError
from dynostack.provider.values import unwrap, unwrap_all, wrap_all
from tests.provider.fake import API_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi.provider.experimental.property_value import PropertyValue

QUICK = Backoff(first=0.001, most=0.002, limited_tries=3, broken_tries=3)
_NO_SECRETS: frozenset[str] = frozenset()
_NAMES = {
    PropertyDiffKind.ADD: "add",
    PropertyDiffKind.UPDATE: "update",
    PropertyDiffKind.DELETE: "delete",
    PropertyDiffKind.ADD_REPLACE: "add, replace",
    PropertyDiffKind.UPDATE_REPLACE: "update, replace",
    PropertyDiffKind.DELETE_REPLACE: "delete, replace",
}


class Asking:
    """One type of resource of a configured provider."""

    def __init__(self, provider: HerokuProvider, token: str) -> None:
        self.provider = provider
        self.urn = f"urn:pulumi:local::shop::{token}::main"

    @classmethod
    async def of(cls, url: str, token: str, settings: dict[str, Any] | None = None) -> Asking:
        provider = HerokuProvider(backoff=QUICK)
        arguments = {"url": url, "apiKey": API_KEY, **(settings or {})}
        await provider.configure(ConfigureRequest({}, _wrapped(arguments), True, True))
        return cls(provider, token)

    async def check(self, inputs: Any, old: Any = None) -> dict[str, Any]:
        request = CheckRequest(self.urn, _wrapped(old or {}), _wrapped(inputs), b"")
        answer = await self.provider.check(request)
        failures: dict[str, str] = {}
        for each in answer.failures or []:
            before = f"{failures[each.property]}; " if each.property in failures else ""
            failures[each.property] = before + each.reason
        return {"failures": failures} if failures else {"inputs": _plain(answer.inputs or {})}

    async def diff(self, state: Any, inputs: Any) -> Any:
        id_ = str(state.get("id", "id-1"))
        request = DiffRequest(self.urn, id_, _wrapped(state), _wrapped(inputs), [])
        answer = await self.provider.diff(request)
        if not answer.changes:
            return "same"
        changes = {path: _NAMES[each.kind] for path, each in answer.detailed_diff.items()}
        first = {"deletes first": True} if answer.delete_before_replace else {}
        replaces = {"replaces": answer.replaces} if answer.replaces else {}
        return {"changes": changes, **replaces, **first}

    async def create(self, inputs: Any) -> Any:
        request = CreateRequest(self.urn, _wrapped(inputs), 0, preview=False)
        try:
            answer = await self.provider.create(request)
        except InitializationError as error:
            return {"error": str(error), "kept": _told(error.id, error.outputs)}
        return _told(answer.resource_id, answer.properties)

    async def preview(self, inputs: Any, state: Any) -> Any:
        answer: CreateResponse | Any
        if state:
            answer = await self.provider.update(self._update(state, inputs, preview=True))
        else:
            request = CreateRequest(self.urn, _wrapped(inputs), 0, preview=True)
            answer = await self.provider.create(request)
        return _told(None, answer.properties)

    async def update(self, state: Any, inputs: Any) -> Any:
        answer = await self.provider.update(self._update(state, inputs, preview=False))
        return _told(None, answer.properties)

    async def read(self, id_: str, state: Any, inputs: Any) -> Any:
        request = ReadRequest(self.urn, id_, _wrapped(state), _wrapped(inputs))
        answer = await self.provider.read(request)
        if not answer.resource_id:
            return "gone"
        told = _told(answer.resource_id, answer.properties)
        return {**told, "inputs": _plain(answer.inputs)}

    async def delete(self, state: Any) -> None:
        id_ = str(state.get("id", "id-1"))
        await self.provider.delete(DeleteRequest(self.urn, id_, _wrapped(state), 0))

    def _update(self, state: Any, inputs: Any, *, preview: bool) -> UpdateRequest:
        id_ = str(state.get("id", "id-1"))
        old, new = _wrapped(state), _wrapped(inputs)
        return UpdateRequest(self.urn, id_, old, new, 0, [], preview)


def _wrapped(properties: dict[str, Any]) -> dict[str, PropertyValue]:
    return wrap_all(properties, _NO_SECRETS)


def _plain(properties: Mapping[str, PropertyValue]) -> dict[str, Any]:
    return {key: unwrap(value) for key, value in properties.items()}


def _told(id_: str | None, outputs: Mapping[str, PropertyValue]) -> dict[str, Any]:
    """Outputs without those that are null, and without what only the bridge cares for."""
    state = unwrap_all(outputs)
    state.pop("__meta", None)
    secrets = sorted(key for key, value in outputs.items() if value.is_secret and key in state)
    named = {"id": id_} if id_ is not None else {}
    return {**named, "state": state, **({"secrets": secrets} if secrets else {})}
