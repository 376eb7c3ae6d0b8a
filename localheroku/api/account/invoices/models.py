"""The invoice address of an account.

The local Heroku is free, so it has no invoices and no credits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from localheroku.api.account import models as accounts
from localheroku.core.record import Record
from localheroku.core.state import Document, State

LINES = ("address_1", "address_2", "city", "country", "other", "postal_code", "state")


@dataclass(frozen=True, kw_only=True)
class InvoiceAddress(Record):
    """The invoice address of an account (the parent record)."""

    used: bool = False
    lines: dict[str, str] = field(default_factory=dict)


def address(state: State) -> InvoiceAddress:
    """Return the caller's invoice address, or an empty one."""
    caller = accounts.current(state)
    present = state.store.every(InvoiceAddress, parent=caller.id)
    return present[0] if present else InvoiceAddress(**state.stamp(), parent=caller.id)


def write_address(state: State, lines: Mapping[str, str], *, used: bool | None) -> InvoiceAddress:
    """Change the given lines of the caller's invoice address and keep the others."""
    present = state.store.put(address(state))
    return state.change(
        present,
        lines={**present.lines, **lines},
        used=present.used if used is None else used,
    )


def document(found: InvoiceAddress) -> Document:
    return {
        **{name: found.lines.get(name, "") for name in LINES},
        "heroku_id": f"user{found.parent}@heroku.com",
        "use_invoice_address": found.used,
    }
