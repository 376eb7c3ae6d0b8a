"""What the backend of an add-on service does for the Platform API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class AddonRequest:
    """One add-on as its app asked for it."""

    addon_id: str
    name: str
    plan: str
    """The plan's slug without its service, such as `standard-0`."""
    version: str | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    connection_limit: int | None = None
    """How many connections the plan allows at once; None: as many as the server takes."""
    megabytes: int | None = None
    """How much the plan stores; None: the service's own default."""


class AddonBackend(Protocol):
    """Runs what its add-ons stand for; every credential survives a restart."""

    async def provision(self, request: AddonRequest) -> dict[str, str]:
        """Make the add-on and tell its config vars, keyed by suffix (`URL`, `SERVERS`)."""

    async def change_plan(self, request: AddonRequest) -> None:
        """Apply the limits of another plan; credentials and data stay."""

    async def deprovision(self, addon_id: str) -> None:
        """Remove the add-on and everything in it; doing it twice is no error."""

    async def start(self, requests: Sequence[AddonRequest]) -> None:
        """Find the add-ons of an earlier run again, or start them, with the same credentials."""

    async def close(self) -> None:
        """Stop what runs; the data stays."""


class ServiceFailed(Exception):
    """A server behind an add-on did not do what was asked; the text is meant for people."""


class MissingProgram(ServiceFailed):
    """A program that this machine needs is not installed; the text says what to install."""
