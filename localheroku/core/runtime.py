"""What an app's dynos are made of, and what can be seen of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path


class DynoState(StrEnum):
    """https://devcenter.heroku.com/articles/platform-api-reference#dyno"""

    STARTING = "starting"
    UP = "up"
    CRASHED = "crashed"
    DOWN = "down"


@dataclass(frozen=True)
class ProcessSpec:
    """One line of a formation."""

    command: str
    quantity: int
    size: str


@dataclass(frozen=True)
class AppRuntime:
    """Everything that decides how an app's dynos run; a changed slug or env restarts them all."""

    app_id: str
    app_name: str
    slug: Path | None
    """The path of a built slug; None: nothing was deployed, so nothing runs."""
    env: Mapping[str, str] = field(repr=False)
    formation: Mapping[str, ProcessSpec]


@dataclass(frozen=True)
class Dyno:
    """One dyno as the Platform API shows it."""

    id: str
    name: str
    type: str
    command: str
    state: DynoState
    size: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class OneOff:
    """A dyno that is asked for; `env` comes on top of the config vars, `seconds` is its longest
    life."""

    command: str
    type: str
    size: str
    seconds: float
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    tty: bool = True
    """Whether who attaches to it is at a terminal."""


DynoWatcher: TypeAlias = "Callable[[str, Dyno | None, Dyno | None], None]"
"""Told of an app's id and of a dyno before and after; None where it is not there."""
