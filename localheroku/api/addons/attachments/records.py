"""Add-ons and attachments as they are stored; each is defined in terms of the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from localheroku.core.record import Record

PROVISIONING, PROVISIONED, DEPROVISIONED = "provisioning", "provisioned", "deprovisioned"
"""The states of an add-on."""


@dataclass(frozen=True, kw_only=True)
class Addon(Record):
    """Its parent is the app that is billed for it; `values` are its config vars by suffix."""

    name: str
    service: str
    plan: str
    state: str
    config: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def plan_name(self) -> str:
        return f"{self.service}:{self.plan}"


@dataclass(frozen=True, kw_only=True)
class Attachment(Record):
    """Its parent is the add-on."""

    app_id: str
    name: str
    namespace: str | None = None

    def is_called(self, identity: str) -> bool:
        """By its id, its name or, of a database, its config var."""
        return identity in (self.id, self.name, f"{self.name}_URL")
