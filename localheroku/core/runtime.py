"""The parts that an app's dynos run with, and their visible state."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path


class DynoState(StrEnum):
    """The state of a dyno.

    https://devcenter.heroku.com/articles/platform-api-reference#dyno
    """

    STARTING = "starting"
    UP = "up"
    CRASHED = "crashed"
    DOWN = "down"


@dataclass(frozen=True)
class ProcessSpec:
    """One process type of a formation."""

    command: str
    quantity: int
    size: str


@dataclass(frozen=True)
class ReleaseName:
    """The id and version of the release that a dyno runs."""

    id: str
    version: int


@dataclass(frozen=True)
class AppRuntime:
    """Everything that determines how an app's dynos run; a new slug or env restarts them all."""

    app_id: str
    app_name: str
    slug: Path | None
    """The path of a built slug; None: nothing was deployed, so nothing runs."""
    env: Mapping[str, str] = field(repr=False)
    formation: Mapping[str, ProcessSpec]
    release: ReleaseName | None = None


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
    release: ReleaseName | None = None


@dataclass(frozen=True)
class OneOff:
    """A requested one-off dyno; `env` is added to the config vars, `seconds` limits its life."""

    command: str
    type: str
    size: str
    seconds: float
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    tty: bool = True
    """Whether the client that attaches to it has a terminal."""


DynoWatcher: TypeAlias = "Callable[[str, Dyno | None, Dyno | None], None]"
"""Called with an app's id and a dyno before and after a change; None where it does not exist."""
