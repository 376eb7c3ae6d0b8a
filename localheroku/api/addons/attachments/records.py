"""Records of add-ons and attachments, in one module because each needs the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from localheroku.core.record import Record

PROVISIONING, PROVISIONED, DEPROVISIONED = "provisioning", "provisioned", "deprovisioned"
"""The states of an add-on."""


@dataclass(frozen=True, kw_only=True)
class Addon(Record):
    """An add-on. The parent record is the app that is billed for it.

    The keys of `values` are suffixes of config vars.
    """

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
    """A name of an add-on in an app. The parent record is the add-on."""

    app_id: str
    name: str
    namespace: str | None = None

    def is_called(self, identity: str) -> bool:
        """Return whether the identity is the id, the name or, for a database, the config var."""
        return identity in (self.id, self.name, f"{self.name}_URL")
