"""A space as it is stored."""

from __future__ import annotations

from dataclasses import dataclass

from localheroku.api.spaces.errors import SpaceNotFoundError
from localheroku.core.record import Record
from localheroku.core.state import Document, State

ALLOCATING, ALLOCATED = "allocating", "allocated"


@dataclass(frozen=True, kw_only=True)
class Space(Record):
    name: str
    team_id: str
    region: str
    shield: bool
    cidr: str
    data_cidr: str
    state: str = ALLOCATING


def find(state: State, identity: str) -> Space:
    """The space of that id or name.  Raises SpaceNotFoundError."""
    store = state.store
    space = store.find(Space, identity) or store.named(Space, name=identity)
    if space is None:
        raise SpaceNotFoundError
    return space


def brief(space: Space) -> Document:
    """How other resources show a space."""
    return {"id": space.id, "name": space.name}
