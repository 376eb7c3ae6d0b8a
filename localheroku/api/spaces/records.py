"""Space records."""

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
    """Return the space with an id or name.

    Raises:
        SpaceNotFoundError: There is no such space.
    """
    store = state.store
    space = store.find(Space, identity) or store.named(Space, name=identity)
    if space is None:
        raise SpaceNotFoundError
    return space


def brief(space: Space) -> Document:
    """Return the space as other resources show it."""
    return {"id": space.id, "name": space.name}
