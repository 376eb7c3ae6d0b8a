"""The provider: Pulumi's requests in, resources' verbs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    PropertyDiff,
    PropertyDiffKind,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from dynostack.provider import shape
from dynostack.provider.api import Backoff
from dynostack.provider.check import checked, failures
from dynostack.provider.diff import Change, Difference, deletes_first
from dynostack.provider.errors import ProviderError, UnfinishedError
from dynostack.provider.resources import resource_of
from dynostack.provider.session import Session, current_urn, silence
from dynostack.provider.settings import compact, read_settings, wrong_settings
from dynostack.provider.values import UNKNOWN, Properties, unwrap_all, wrap_all

if TYPE_CHECKING:
    from pulumi.provider.experimental.property_value import PropertyValue

    from dynostack.provider.resources.base import Resource
    from dynostack.provider.session import Progress

_BACKOFF = Backoff()
_PROVIDER_SECRETS = frozenset({"apiKey", "headers"})
_KINDS = {
    (Change.ADD, False): PropertyDiffKind.ADD,
    (Change.ADD, True): PropertyDiffKind.ADD_REPLACE,
    (Change.UPDATE, False): PropertyDiffKind.UPDATE,
    (Change.UPDATE, True): PropertyDiffKind.UPDATE_REPLACE,
    (Change.DELETE, False): PropertyDiffKind.DELETE,
    (Change.DELETE, True): PropertyDiffKind.DELETE_REPLACE,
}


class InitializationError(ProviderError):
    """An :class:`UnfinishedError` as the engine wants it: with the outputs that it shall keep."""

    def __init__(self, error: UnfinishedError, outputs: dict[str, PropertyValue]) -> None:
        super().__init__(str(error))
        self.id = error.id
        self.outputs = outputs


class HerokuProvider(Provider):
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
        """The text without the secrets that are known so far."""
        return self._session.discretion.hide(text) if self._session else text

    async def check_config(self, request: CheckRequest) -> CheckResponse:
        arguments = unwrap_all(request.new_inputs)
        wrong = list(wrong_settings(_known(arguments)))
        return CheckResponse(
            inputs=wrap_all(arguments if wrong else compact(arguments), _PROVIDER_SECRETS),
            failures=[CheckFailure(each.name, each.reason) for each in wrong],
        )

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        settings = read_settings(_known(unwrap_all(request.args)))
        self._session = Session(settings, self._progress, self._backoff)
        return ConfigureResponse(supports_preview=True)

    async def check(self, request: CheckRequest) -> CheckResponse:
        resource = resource_of(request.type)
        given, old = unwrap_all(request.new_inputs), unwrap_all(request.old_inputs)
        inputs = checked(resource.fields, given, old, request.name)
        wrong = [*failures(resource.fields, inputs), *resource.wrong(inputs)]
        return CheckResponse(
            inputs=wrap_all(inputs, resource.secrets),
            failures=[CheckFailure(failure.property, failure.reason) for failure in wrong],
        )

    async def diff(self, request: DiffRequest) -> DiffResponse:
        resource = resource_of(request.type)
        inputs = unwrap_all(request.new_inputs)
        state = {**unwrap_all(request.old_state), "id": request.resource_id}
        found = resource.differences(state, inputs, request.ignore_changes)
        replaces = sorted({each.property for each in found if each.replaces})
        return DiffResponse(
            changes=bool(found),
            replaces=replaces,
            stables=_stables(resource, replaces),
            delete_before_replace=bool(replaces) and deletes_first(resource.fields, inputs),
            diffs=sorted({each.property for each in found}),
            detailed_diff={each.path: _property_diff(each) for each in found},
        )

    async def create(self, request: CreateRequest) -> CreateResponse:
        current_urn.set(request.urn)
        resource, inputs = resource_of(request.type), unwrap_all(request.properties)
        if request.preview:
            state = {**resource.preview(None, inputs), "id": UNKNOWN}
            return CreateResponse("", _outputs(resource, state))
        try:
            state = await resource.create(self.session, inputs)
        except UnfinishedError as error:
            raise InitializationError(error, _outputs(resource, error.state)) from None
        return CreateResponse(state["id"], _outputs(resource, state))

    async def read(self, request: ReadRequest) -> ReadResponse:
        current_urn.set(request.urn)
        resource, known = resource_of(request.type), unwrap_all(request.properties)
        inputs = unwrap_all(request.inputs)
        if known:
            state = await resource.read(self.session, {**known, "id": request.resource_id})
        else:
            state = await resource.find(self.session, request.resource_id)
            state = state and await resource.read(self.session, state)
        if state is None:
            return ReadResponse("")
        back = shape.refreshed(resource.fields, inputs, state) if known else None
        back = back if back is not None else shape.imported(resource.fields, state)
        return ReadResponse(
            state["id"], _outputs(resource, state), wrap_all(back, resource.secrets)
        )

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        current_urn.set(request.urn)
        resource, inputs = resource_of(request.type), unwrap_all(request.news)
        old = {**unwrap_all(request.olds), "id": request.resource_id}
        if request.preview:
            state = {**resource.preview(old, inputs), "id": request.resource_id}
        else:
            state = await resource.update(self.session, old, inputs)
        return UpdateResponse(_outputs(resource, state))

    async def delete(self, request: DeleteRequest) -> None:
        current_urn.set(request.urn)
        state = {**unwrap_all(request.properties), "id": request.resource_id}
        await resource_of(request.type).delete(self.session, state)

    async def cancel(self) -> None:
        """Ends all waiting; what was begun is kept in the state."""
        if self._session is not None:
            self._session.stopping.set()

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.api.close()


def _known(arguments: Properties) -> Properties:
    """Arguments that have a value already; a preview may have to do without some."""
    return {name: value for name, value in arguments.items() if value is not UNKNOWN}


def _outputs(resource: Resource, state: Properties) -> dict[str, PropertyValue]:
    return wrap_all(resource.output(state), resource.secrets)


def _stables(resource: Resource, replaces: list[str]) -> list[str]:
    return sorted(
        name for name, field in resource.fields.items() if field.replaces and name not in replaces
    )


def _property_diff(difference: Difference) -> PropertyDiff:
    return PropertyDiff(_KINDS[difference.change, difference.replaces], input_diff=False)
