"""Where an account's invoices go.  There are none, nor credits: the local Heroku costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from localheroku.api.account import models as accounts
from localheroku.core.record import Record
from localheroku.core.state import Document, State

LINES = ("address_1", "address_2", "city", "country", "other", "postal_code", "state")


@dataclass(frozen=True, kw_only=True)
class InvoiceAddress(Record):
    """Its parent is the account."""

    used: bool = False
    lines: dict[str, str] = field(default_factory=dict)


def address(state: State) -> InvoiceAddress:
    """The caller's."""
    caller = accounts.current(state)
    present = state.store.every(InvoiceAddress, parent=caller.id)
    return present[0] if present else InvoiceAddress(**state.stamp(), parent=caller.id)


def write_address(state: State, lines: Mapping[str, str], *, used: bool | None) -> InvoiceAddress:
    """Change these lines; the others stay."""
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
