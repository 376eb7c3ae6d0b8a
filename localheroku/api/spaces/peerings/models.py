"""Peerings: connections of a space with networks on AWS that requested them.

https://devcenter.heroku.com/articles/private-space-peering

On Heroku, a network sends such a request through AWS. Here, a client sends it to /_local/, and
nothing is connected.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from localheroku.api.spaces import cidr
from localheroku.api.spaces.peerings.errors import NotPendingError, PeeringNotFoundError
from localheroku.api.spaces.records import Space
from localheroku.core.clock import timestamp
from localheroku.core.record import Record
from localheroku.core.state import Document, State

PENDING, PROVISIONING, ACTIVE, FAILED = "pending-acceptance", "provisioning", "active", "failed"
# https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
EXPIRES_AFTER = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Peering(Record):
    """A peering connection of a space (the parent record)."""

    pcx_id: str
    cidr_blocks: list[str]
    aws_vpc_id: str
    aws_region: str
    aws_account_id: str
    expires: str
    status: str = PENDING


def of_space(state: State, space: Space) -> list[Peering]:
    return state.store.every(Peering, parent=space.id)


def find(state: State, space: Space, pcx_id: str) -> Peering:
    """Return the space's peering with an id.

    Raises:
        PeeringNotFoundError: The space has no such peering.
    """
    for peering in of_space(state, space):
        if peering.pcx_id == pcx_id:
            return peering
    raise PeeringNotFoundError


def request(
    state: State, space: Space, pcx_id: str | None, ranges: Sequence[str], region: str
) -> Peering:
    """Store a network's request for a peering, which it sends through AWS on Heroku."""
    return state.store.put(
        Peering(
            **state.stamp(),
            parent=space.id,
            pcx_id=pcx_id or f"pcx-{secrets.token_hex(4)}",
            cidr_blocks=cidr.any_ranges(ranges),
            aws_vpc_id=f"vpc-{secrets.token_hex(4)}",
            aws_region=region,
            aws_account_id=f"{secrets.randbelow(10**12):012d}",
            expires=timestamp(state.clock() + EXPIRES_AFTER),
        )
    )


def accept(state: State, peering: Peering) -> Peering:
    """Accept a peering and connect it in the background.

    Raises:
        NotPendingError: The peering is not pending.
    """
    if peering.status != PENDING:
        raise NotPendingError(pcx_id=peering.pcx_id, status=peering.status)
    with state.store.transaction():
        accepted = state.change(peering, status=PROVISIONING)
        state.provisioning.begin("peering", accepted)
    state.spawn(_connect(state, accepted))
    return accepted


async def _connect(state: State, peering: Peering) -> None:
    job = state.provisioning.job_of(peering)
    succeeded = await state.provisioning.wait_until_due(job) if job else True
    if succeeded is None:
        return
    with state.store.transaction():
        state.change(peering, status=ACTIVE if succeeded else FAILED)
        if job:
            state.provisioning.finish(job)


def resume(state: State) -> None:
    """Continue to connect peerings that an earlier run of the server did not finish."""
    for peering in state.store.every(Peering):
        if peering.status == PROVISIONING:
            state.spawn(_connect(state, peering))


def document(peering: Peering) -> Document:
    return {
        "type": "customer-managed",
        "pcx_id": peering.pcx_id,
        "cidr_blocks": peering.cidr_blocks,
        "status": peering.status,
        "aws_vpc_id": peering.aws_vpc_id,
        "aws_region": peering.aws_region,
        "aws_account_id": peering.aws_account_id,
        "expires": peering.expires,
    }
