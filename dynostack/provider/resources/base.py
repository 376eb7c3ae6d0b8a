"""What every resource is: its properties as data, and five verbs that talk to Heroku."""

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

_FORGET = "`pulumi refresh` forgets it"


class Resource(ABC):
    """One type of resource.  A state is a plain mapping with the resource's ``id``."""

    type: ClassVar[str]
    fields: ClassVar[Fields]
    schema_version: ClassVar[int] = 0
    """The published provider's; kept in ``__meta`` so that it does not migrate the state."""

    @abstractmethod
    async def create(self, session: Session, inputs: Properties) -> Properties:
        """Make it; the state."""

    @abstractmethod
    async def read(self, session: Session, state: Properties) -> Properties | None:
        """The state as Heroku has it now; nothing when it is gone."""

    async def update(
        self,
        session: Session,  # noqa: ARG002
        state: Properties,  # noqa: ARG002
        inputs: Properties,  # noqa: ARG002
    ) -> Properties:
        """Change it in place; the state.  Types where every change replaces have none."""
        raise ProviderError(f"{self.type} cannot be changed in place")

    @abstractmethod
    async def delete(self, session: Session, state: Properties) -> None:
        """Remove it; fine when it is gone already."""

    async def find(self, session: Session, import_id: str) -> Properties | None:  # noqa: ARG002
        """So much of the state of something not made by Pulumi that it can be read."""
        return {"id": import_id}

    def wrong(self, inputs: Properties) -> Iterator[Failure]:  # noqa: ARG002
        """What is wrong between several inputs; single ones are the rules' business."""
        return iter(())

    async def comparable(
        self,
        session: Session,  # noqa: ARG002
        state: Properties,
        inputs: Properties,  # noqa: ARG002
    ) -> Properties:
        """Return the state to compare the inputs with, completed where it cannot say."""
        return state

    def differences(
        self, state: Properties, inputs: Properties, ignored: Collection[str]
    ) -> list[Difference]:
        """What an update would change."""
        return diff.differences(self.fields, state, inputs, ignored)

    def preview(self, state: Properties | None, inputs: Properties) -> Properties:
        """The state after a create or an update, as far as it can be told before."""
        return shape.planned(self.fields, state, inputs)

    def output(self, state: Properties) -> Properties:
        """The state with every property in it, as the published provider leaves it."""
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
    """Those of the inputs that say something; ``body_name="inputName"`` renames."""
    wanted = {**{name: name for name in names}, **renamed}
    return {ours: inputs[theirs] for ours, theirs in wanted.items() if inputs.get(theirs)}


async def child(session: Session, path: str, expected: Expected, **match: str) -> Any | None:
    """Return the one of an app's children that matches; None when it, or the app, is gone.

    A list without it does not count as Heroku's word for that: it is then asked for by what it
    should match.
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
    """Return the one of an app's children that matches; None when none does."""
    children = await session.api.listing(path, expected)
    return next((item for item in children if match.items() <= item.items()), None)


async def found(
    session: Session, path: str, expected: Expected, *, fresh: bool = False
) -> Any | None:
    """Return the object at a path; None when it is gone."""
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
    """Make something once: making it again would make a second one, or be refused.

    Args:
        session: The session to ask with.
        path: Where it is made.
        body: What is asked for.
        expected: What the answer has.
        find: Looks whether it is there after all when the answer was lost.
        look: The command by which a person sees whether it is there.
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
            f"{lost}; it may have been made all the same: look with `{look}` before the next"
            " `pulumi up`, and take it in with `pulumi import` when it is there"
        )
    return made


def forgettable(error: ProviderError) -> ProviderError:
    """Return the error of a resource that is gone, with the command that forgets it."""
    return ProviderError(f"{error}; {_FORGET}")


@contextmanager
def still_there() -> Iterator[None]:
    """Say how to forget a resource of the state that Heroku turns out not to have."""
    try:
        yield
    except HerokuError as error:
        if error.gone:
            raise forgettable(error) from None
        raise


async def app_uuid(session: Session, app: str) -> str:
    """The id of an app known by its id or name."""
    return str((await session.api.get(f"/apps/{app}", APP))["id"])


def import_parts(import_id: str, form: str) -> list[str]:
    """The parts of an import id; ``form`` is how it is written, such as ``app:email``."""
    count = form.count(":")
    parts = import_id.split(":", count)
    if len(parts) <= count or not all(parts):
        raise ProviderError(f'"{import_id}" does not say what to import; write {form}')
    return parts
