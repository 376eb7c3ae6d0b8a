"""An app's formation: the number and size of the dynos of each process type in its slug."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.dynos.formation.errors import (
    ProcessTypeNotFoundError,
    QuantityError,
    ReleaseQuantityError,
    SizeLimitError,
    SizeNotFoundError,
)
from localheroku.core import catalogue
from localheroku.core.record import Record
from localheroku.core.state import Document, State

# https://devcenter.heroku.com/articles/dyno-types#default-scaling-limits
MAX_DYNOS = 100
DEFAULT_SIZE = "Basic"
RELEASE = "release"
"""The process type that runs once before each release. It has a size but no dynos.

Source: https://devcenter.heroku.com/articles/release-phase; `heroku ps:type release=SIZE`.
"""


@dataclass(frozen=True, kw_only=True)
class Process(Record):
    """A process type of an app (the parent record)."""

    type: str
    command: str
    quantity: int
    size: str


@dataclass(frozen=True)
class ScaleRequest:
    """The changes to a process type; None keeps the current value."""

    identity: str
    quantity: int | str | None = None
    """A number or a text: "2" means two dynos, "+2" two more than now."""
    size: str | None = None


def every(state: State, app: App) -> list[Process]:
    return state.store.every(Process, parent=app.id)


def find(state: State, app: App, identity: str) -> Process:
    """Return the app's process type with an id or name.

    Raises:
        ProcessTypeNotFoundError: The app has no such process type.
    """
    for process in every(state, app):
        if identity in (process.id, process.type):
            return process
    raise ProcessTypeNotFoundError(type=identity)


def scale(state: State, app: App, scales: Sequence[ScaleRequest]) -> list[Process]:
    """Scale process types together; if one request is invalid, change none of them."""
    with state.store.transaction():
        return [_scale(state, app, request) for request in scales]


def _scale(state: State, app: App, scale: ScaleRequest) -> Process:
    process = find(state, app, scale.identity)
    quantity = _quantity(process.quantity, scale.quantity)
    if not 0 <= quantity <= MAX_DYNOS:
        raise QuantityError(most=MAX_DYNOS)
    if quantity and process.type == RELEASE:
        raise ReleaseQuantityError
    size = _size(state, process.size if scale.size is None else scale.size)
    limit = size.row.get("most_per_process", MAX_DYNOS)
    if quantity > limit:
        raise SizeLimitError(most=limit, size=size.name)
    return state.change(process, quantity=quantity, size=size.name)


def _quantity(current: int, requested: int | str | None) -> int:
    if requested is None:
        return current
    relative = isinstance(requested, str) and requested[0] in "+-"
    return current + int(requested) if relative else int(requested)


def adopt(state: State, app: App, process_types: Mapping[str, str]) -> None:
    """Update the app's formation to the process types of a slug.

    Existing process types keep their scale. The first slug starts one web dyno; other new process
    types start none.
    """
    present = {process.type: process for process in every(state, app)}
    is_first = not present.keys() - {RELEASE}
    for gone in present.keys() - process_types.keys():
        state.store.remove(present[gone])
    for type_, command in process_types.items():
        if type_ in present:
            state.change(present[type_], command=command)
        else:
            _add(state, app, type_, command, 1 if is_first and type_ == "web" else 0)


def list_release(state: State, app: App, process_types: Mapping[str, str]) -> None:
    """Add the process type of the release command to the formation as soon as the command runs.

    The Heroku CLI uses it to run a failed command again, even that of the app's first release.
    """
    if all(process.type != RELEASE for process in every(state, app)):
        _add(state, app, RELEASE, process_types[RELEASE], 0)


def _add(state: State, app: App, type_: str, command: str, quantity: int) -> None:
    state.store.put(
        Process(
            **state.stamp(),
            parent=app.id,
            type=type_,
            command=command,
            quantity=quantity,
            size=DEFAULT_SIZE,
        )
    )


def size_named(state: State, identity: str) -> str:
    """Return a dyno size as Heroku writes it, such as Standard-1X.

    Raises:
        SizeNotFoundError: There is no such dyno size.
    """
    return _size(state, identity).name


def _size(state: State, identity: str) -> catalogue.CatalogueEntry:
    size = state.catalogue.orderable_size(identity)
    if size is None:
        known = ", ".join(size.name for size in state.catalogue.dyno_sizes)
        raise SizeNotFoundError(size=identity, known=known)
    return size


def document(app: App, process: Process) -> Document:
    return {
        "id": process.id,
        "app": apps.brief(app),
        "type": process.type,
        "command": process.command,
        "quantity": process.quantity,
        "size": process.size,
        "created_at": process.created_at,
        "updated_at": process.updated_at,
    }
