"""The base class of resources: properties as data, and five methods that call Heroku."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from dynostack.provider import diff, shape
from dynostack.provider.answers import APP
from dynostack.provider.errors import HerokuError, ProviderError
from dynostack.provider.fields import Field
from dynostack.provider.rules import uuid_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
    from typing import Any

    from dynostack.provider.check import Failure
    from dynostack.provider.diff import Difference
    from dynostack.provider.expected import Expected
    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Plain, Properties

APP_ID = Field(required=True, replaces=True, rule=uuid_of("an app", "the app's id, as in app.id"))

_FORGET = "run `pulumi refresh` to remove it from the state"


class Resource(ABC):
    """One type of resource.  A state is a plain mapping with the resource's ``id``."""

    type: ClassVar[str]
    fields: ClassVar[Fields]
    schema_version: ClassVar[int] = 0
    """The published provider's version; with it in ``__meta`` it does not migrate the state."""

    @abstractmethod
    async def create(self, session: Session, inputs: Properties) -> Properties:
        """Create the resource and return its state."""

    @abstractmethod
    async def read(self, session: Session, state: Properties) -> Properties | None:
        """Return the current state at Heroku; None if the resource is gone."""

    async def update(
        self,
        session: Session,  # noqa: ARG002
        state: Properties,  # noqa: ARG002
        inputs: Properties,  # noqa: ARG002
    ) -> Properties:
        """Change the resource in place and return its state.

        Types in which every change needs a new resource do not implement this.
        """
        raise ProviderError(f"{self.type} cannot be changed in place")

    @abstractmethod
    async def delete(self, session: Session, state: Properties) -> None:
        """Remove the resource, if it is not gone already."""

    async def find(self, session: Session, import_id: str) -> Properties | None:  # noqa: ARG002
        """Return as much of the state of a resource to import as `read` needs."""
        return {"id": import_id}

    def wrong(self, inputs: Properties) -> Iterator[Failure]:  # noqa: ARG002
        """Yield problems that involve several inputs; rules check each input by itself."""
        return iter(())

    async def comparable(
        self,
        session: Session,  # noqa: ARG002
        state: Properties,
        inputs: Properties,  # noqa: ARG002
    ) -> Properties:
        """Return the state to compare the inputs with, completed with values from Heroku."""
        return state

    def differences(
        self, state: Properties, inputs: Properties, ignored: Collection[str]
    ) -> list[Difference]:
        """Return what an update would change."""
        return diff.differences(self.fields, state, inputs, ignored)

    def preview(self, state: Properties | None, inputs: Properties) -> Properties:
        """Return the planned state after a create or an update, as far as it is known."""
        return shape.planned(self.fields, state, inputs)

    def output(self, state: Properties) -> Properties:
        """Return the state with every property in it, as the published provider writes it."""
        full = {key: state.get(key) for key in self.fields} | {"id": state["id"]}
        if self.schema_version:
            full["__meta"] = json.dumps(
                {"schema_version": str(self.schema_version)}, separators=(",", ":")
            )
        return full

    @property
    def secrets(self) -> frozenset[str]:
        """Names of the properties that are secret as outputs."""
        return frozenset(key for key, field in self.fields.items() if field.secret)


def given(inputs: Mapping[str, Plain], *names: str, **renamed: str) -> Properties:
    """Return the inputs with these names that are not empty; ``body_name="inputName"`` renames."""
    wanted = {**{name: name for name in names}, **renamed}
    return {ours: inputs[theirs] for ours, theirs in wanted.items() if inputs.get(theirs)}


async def child(session: Session, path: str, expected: Expected, **match: str) -> Any | None:
    """Return the child of an app that matches; None if it, or the app, is gone.

    If the list lacks the child, request it by its own path before reporting it as gone.
    """
    (key,) = match.values()
    try:
        one = await listed(session, path, expected, **match)
    except HerokuError as error:
        if error.gone:
            return None
        raise
    return one or await found(session, f"{path}/{key}", expected)


async def listed(session: Session, path: str, expected: Expected, **match: str) -> Any | None:
    """Return the child in an app's list that matches; None if none does."""
    children = await session.api.listing(path, expected)
    return next((item for item in children if match.items() <= item.items()), None)


async def found(
    session: Session, path: str, expected: Expected, *, fresh: bool = False
) -> Any | None:
    """Return the object at a path; None if it is gone."""
    try:
        return await session.api.get(path, expected, fresh=fresh)
    except HerokuError as error:
        if error.gone:
            return None
        raise


async def made_once(
    session: Session,
    path: str,
    body: Any,
    expected: Expected,
    *,
    find: Callable[[], Awaitable[Any | None]],
    look: str,
) -> Any:
    """Create something without retries, which could create a second one or be refused.

    Args:
        session: the session to use.
        path: the path of the POST.
        body: the body of the POST.
        expected: the shape of the response.
        find: returns the created object, if it exists, after the response was lost.
        look: the command that shows the user whether it exists.

    Raises:
        ProviderError: Heroku refused, or the response was lost and the object was not found.
    """
    try:
        return await session.api.post(path, body, expected)
    except ProviderError as error:
        if not error.leaves_open:
            raise
        lost = error
    try:
        made = await find()
    except ProviderError:
        made = None
    if made is None:
        raise ProviderError(
            f"{lost}; the resource may exist anyway: before the next `pulumi up` run `{look}`"
            " and, if it exists, add it to the state with `pulumi import`"
        )
    return made


def forgettable(error: ProviderError) -> ProviderError:
    """Return the error with the command that removes a missing resource from the state."""
    return ProviderError(f"{error}; {_FORGET}")


@contextmanager
def still_there() -> Iterator[None]:
    """Add advice to the error about a resource in the state that Heroku does not have."""
    try:
        yield
    except HerokuError as error:
        if error.gone:
            raise forgettable(error) from None
        raise


async def app_uuid(session: Session, app: str) -> str:
    """Return the id of an app, given its id or name."""
    return str((await session.api.get(f"/apps/{app}", APP))["id"])


def import_parts(import_id: str, form: str) -> list[str]:
    """Return the parts of an import id; ``form`` is its format, such as ``app:email``."""
    count = form.count(":")
    parts = import_id.split(":", count)
    if len(parts) <= count or not all(parts):
        raise ProviderError(f'"{import_id}" is not a valid import id; write {form}')
    return parts
