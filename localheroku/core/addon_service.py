"""What the backend of an add-on service does for the Platform API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class AddonRequest:
    """One add-on as its app requested it."""

    addon_id: str
    name: str
    plan: str
    """The plan's slug without its service, such as `standard-0`."""
    version: str | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    connection_limit: int | None = None
    """The most connections that the plan allows at once; None: as many as the server accepts."""
    megabytes: int | None = None
    """The megabytes that the plan stores; None: the service's own default."""


class AddonBackend(Protocol):
    """Runs the servers behind its add-ons; every credential survives a restart."""

    async def provision(self, request: AddonRequest) -> dict[str, str]:
        """Create the add-on and return its config vars, keyed by suffix (`URL`, `SERVERS`)."""

    async def change_plan(self, request: AddonRequest) -> None:
        """Apply the limits of another plan; credentials and data stay."""

    async def deprovision(self, addon_id: str) -> None:
        """Remove the add-on and everything in it; removing it twice is not an error."""

    async def start(self, requests: Sequence[AddonRequest]) -> None:
        """Find the running add-ons of an earlier run, or start them, with the same credentials."""

    async def close(self) -> None:
        """Stop the servers; the data stays."""


class ServiceFailed(Exception):
    """A server behind an add-on failed; the text is written for users."""


class MissingProgram(ServiceFailed):
    """A required program is not installed on this machine; the text says what to install."""
