"""The provider, which turns the engine's requests into calls of resources' methods."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dynostack.protocol import provider_pb2 as pb
from dynostack.provider import shape
from dynostack.provider.api import Backoff
from dynostack.provider.check import Naming, checked, failures
from dynostack.provider.diff import Change, Difference, deletes_first
from dynostack.provider.errors import ProviderError, UnfinishedError
from dynostack.provider.resources import resource_of
from dynostack.provider.session import Session, current_urn, silence
from dynostack.provider.settings import compact, read_settings, wrong_settings
from dynostack.provider.values import UNKNOWN, Properties, unwrap_all, wrap_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf import struct_pb2

    from dynostack.provider.resources.base import Resource
    from dynostack.provider.session import Progress

_BACKOFF = Backoff()
_PROVIDER_SECRETS = frozenset({"apiKey", "headers"})
_KINDS = {
    (Change.ADD, False): pb.PropertyDiff.ADD,
    (Change.ADD, True): pb.PropertyDiff.ADD_REPLACE,
    (Change.UPDATE, False): pb.PropertyDiff.UPDATE,
    (Change.UPDATE, True): pb.PropertyDiff.UPDATE_REPLACE,
    (Change.DELETE, False): pb.PropertyDiff.DELETE,
    (Change.DELETE, True): pb.PropertyDiff.DELETE_REPLACE,
}


class InitializationError(ProviderError):
    """An :class:`UnfinishedError` in the engine's form: with the outputs that it must keep."""

    def __init__(self, error: UnfinishedError, outputs: struct_pb2.Struct) -> None:
        super().__init__(str(error))
        self.id = error.id
        self.outputs = outputs


class HerokuProvider:
    """Serves the resource types in :mod:`dynostack.provider.resources`."""

    def __init__(self, progress: Progress = silence, backoff: Backoff = _BACKOFF) -> None:
        self._progress = progress
        self._backoff = backoff
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The configured session."""
        if self._session is None:
            raise ProviderError("the provider was used before it was configured")
        return self._session

    def hide(self, text: str) -> str:
        """Return the text without the secrets that are known so far."""
        return self._session.discretion.hide(text) if self._session else text

    async def check_config(self, request: pb.CheckRequest) -> pb.CheckResponse:
        """Return the provider's arguments as the state keeps them, and what is wrong with them."""
        arguments = unwrap_all(request.news)
        wrong = list(wrong_settings(_known(arguments)))
        return pb.CheckResponse(
            inputs=wrap_all(arguments if wrong else compact(arguments), _PROVIDER_SECRETS),
            failures=[_failure(each.name, each.reason) for each in wrong],
        )

    async def diff_config(self, request: pb.DiffRequest) -> pb.DiffResponse:
        """Return whether the provider's arguments changed; no change needs new resources."""
        same = unwrap_all(request.old_inputs) == unwrap_all(request.news)
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_NONE if same else pb.DiffResponse.DIFF_SOME
        )

    async def configure(self, request: pb.ConfigureRequest) -> pb.ConfigureResponse:
        """Configure the provider with its arguments."""
        settings = read_settings(_known(unwrap_all(request.args)))
        self._session = Session(settings, self._progress, self._backoff)
        return pb.ConfigureResponse(supportsPreview=True)

    async def check(self, request: pb.CheckRequest) -> pb.CheckResponse:
        """Return a resource's inputs as the state keeps them, and what is wrong with them."""
        resource = resource_of(_type(request.urn))
        given, old = unwrap_all(request.news), unwrap_all(request.olds)
        naming = Naming(request.urn.rpartition("::")[2], request.randomSeed)
        inputs = checked(resource.fields, given, old, naming)
        if self._session and isinstance(plain := inputs.get("configVars"), dict):
            self._session.discretion.reveal(plain)
        wrong = [*failures(resource.fields, inputs), *resource.wrong(inputs)]
        return pb.CheckResponse(
            inputs=wrap_all(inputs, resource.secrets),
            failures=[_failure(each.property, each.reason) for each in wrong],
        )

    async def diff(self, request: pb.DiffRequest) -> pb.DiffResponse:
        """Return what differs between state and inputs, and whether it needs a new resource."""
        resource = resource_of(_type(request.urn))
        inputs = unwrap_all(request.news)
        state = {**unwrap_all(request.olds), "id": request.id}
        # A value that only the state lacks counts as a difference: the engine then stores it.
        unknown_to_state = resource.differences(state, inputs, request.ignoreChanges)
        state = await resource.comparable(self.session, state, inputs)
        found = resource.differences(state, inputs, request.ignoreChanges)
        replaces = sorted({each.property for each in found if each.replaces})
        kinds = pb.DiffResponse
        return pb.DiffResponse(
            changes=kinds.DIFF_SOME if found or unknown_to_state else kinds.DIFF_NONE,
            replaces=replaces,
            stables=_stables(resource, replaces),
            deleteBeforeReplace=bool(replaces) and deletes_first(resource.fields, inputs),
            diffs=sorted({each.property for each in found}),
            detailedDiff={each.path: _property_diff(each) for each in found},
            hasDetailedDiff=True,
        )

    async def create(self, request: pb.CreateRequest) -> pb.CreateResponse:
        """Create a resource, or return its planned outputs."""
        current_urn.set(request.urn)
        resource, inputs = resource_of(_type(request.urn)), unwrap_all(request.properties)
        if request.preview:
            state = {**resource.preview(None, inputs), "id": UNKNOWN}
            return pb.CreateResponse(properties=_outputs(resource, state))
        with _unfinished(resource):
            state = await resource.create(self.session, inputs)
        return pb.CreateResponse(id=state["id"], properties=_outputs(resource, state))

    async def read(self, request: pb.ReadRequest) -> pb.ReadResponse:
        """Return the state of a resource, existing or to import; without an id if it is gone."""
        current_urn.set(request.urn)
        resource, known = resource_of(_type(request.urn)), unwrap_all(request.properties)
        state = await self._read(resource, request.id, known)
        if state is None:
            return pb.ReadResponse()
        inputs = (
            shape.refreshed(resource.fields, unwrap_all(request.inputs), state)
            if known
            else shape.imported(resource.fields, state)
        )
        return pb.ReadResponse(
            id=state["id"],
            properties=_outputs(resource, state),
            inputs=wrap_all(inputs, resource.secrets),
        )

    async def _read(self, resource: Resource, id_: str, known: Properties) -> Properties | None:
        if known:
            return await resource.read(self.session, {**known, "id": id_})
        found = await resource.find(self.session, id_)
        return found and await resource.read(self.session, found)

    async def update(self, request: pb.UpdateRequest) -> pb.UpdateResponse:
        """Change a resource in place, or return its planned outputs."""
        current_urn.set(request.urn)
        resource, inputs = resource_of(_type(request.urn)), unwrap_all(request.news)
        old = {**unwrap_all(request.olds), "id": request.id}
        if request.preview:
            state = {**resource.preview(old, inputs), "id": request.id}
        else:
            with _unfinished(resource):
                state = await resource.update(self.session, old, inputs)
        return pb.UpdateResponse(properties=_outputs(resource, state))

    async def delete(self, request: pb.DeleteRequest) -> None:
        """Remove a resource."""
        current_urn.set(request.urn)
        state = {**unwrap_all(request.properties), "id": request.id}
        await resource_of(_type(request.urn)).delete(self.session, state)

    async def get_schema(self, request: pb.GetSchemaRequest) -> pb.GetSchemaResponse:  # noqa: ARG002
        """Return the schema, for tools that write programs, such as ``pulumi import``."""
        from dynostack.provider.schema import package_schema

        return pb.GetSchemaResponse(schema=json.dumps(package_schema()))

    async def invoke(self, request: pb.InvokeRequest) -> pb.InvokeResponse:
        """Refuse every function: stacks read nothing that they do not declare."""
        raise ProviderError(
            f'dynostack\'s heroku provider does not have the function "{request.tok}"; use the '
            "published provider pulumiverse_heroku for it"
        )

    async def cancel(self) -> None:
        """Stop all waiting; resources that were started are kept in the state."""
        if self._session is not None:
            self._session.stopping.set()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.api.close()


@contextmanager
def _unfinished(resource: Resource) -> Iterator[None]:
    try:
        yield
    except UnfinishedError as error:
        raise InitializationError(error, _outputs(resource, error.state)) from None


def _failure(name: str, reason: str) -> pb.CheckFailure:
    """Return a failure whose text starts with the name of the property.

    If the property were a separate field, the engine would print its value, even if it is secret.
    https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/diag/errors.go
    """
    return pb.CheckFailure(reason=f"{name}: {reason}")


def _type(urn: str) -> str:
    """Return the type in ``urn:pulumi:stack::project::parent$type::name``."""
    return urn.split("::")[2].rpartition("$")[2]


def _known(arguments: Properties) -> Properties:
    """Return the arguments that are known; in a preview some may be unknown."""
    return {name: value for name, value in arguments.items() if value is not UNKNOWN}


def _outputs(resource: Resource, state: Properties) -> struct_pb2.Struct:
    return wrap_all(resource.output(state), resource.secrets)


def _stables(resource: Resource, replaces: list[str]) -> list[str]:
    return sorted(
        name for name, field in resource.fields.items() if field.replaces and name not in replaces
    )


def _property_diff(difference: Difference) -> pb.PropertyDiff:
    return pb.PropertyDiff(kind=_KINDS[difference.change, difference.replaces])
