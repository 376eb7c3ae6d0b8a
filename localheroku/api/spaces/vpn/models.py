"""VPN connections of a space, with the configuration for both ends.

https://devcenter.heroku.com/articles/private-space-vpn-connection

Nothing is connected: the tunnels stay down, like Heroku's until the other end is configured.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from localheroku.api.spaces import cidr
from localheroku.api.spaces.records import Space
from localheroku.api.spaces.vpn.errors import (
    NoRangesError,
    VpnAddressError,
    VpnNameFormError,
    VpnNameTakenError,
    VpnNotFoundError,
)
from localheroku.core.record import Record
from localheroku.core.state import Document, State

NAME = re.compile(r"[\w-]{1,64}", re.ASCII)
PENDING, PROVISIONING, ACTIVE, FAILED = "pending", "provisioning", "active", "failed"
IKE_VERSION = 1
# Addresses reserved for documentation: https://datatracker.ietf.org/doc/html/rfc5737
TUNNEL_ADDRESSES = ("192.0.2.1", "192.0.2.2")


@dataclass(frozen=True, kw_only=True)
class VpnConnection(Record):
    """A VPN connection of a space (the parent record).

    `keys` are the secrets of its tunnels.
    """

    name: str
    public_ip: str
    routable_cidrs: list[str]
    status: str = PENDING
    keys: list[str] = field(default_factory=list, repr=False)


def of_space(state: State, space: Space) -> list[VpnConnection]:
    return state.store.every(VpnConnection, parent=space.id)


def find(state: State, space: Space, identity: str) -> VpnConnection:
    """Return the space's VPN connection with an id or name.

    Raises:
        VpnNotFoundError: The space has no such connection.
    """
    for connection in of_space(state, space):
        if identity in (connection.id, connection.name):
            return connection
    raise VpnNotFoundError


def create(
    state: State, space: Space, name: str, public_ip: str, ranges: Sequence[str]
) -> VpnConnection:
    """Create a VPN connection and provision it in the background.

    Raises:
        ParamsError: An option is invalid.
    """
    if NAME.fullmatch(name) is None:
        raise VpnNameFormError
    if any(connection.name == name for connection in of_space(state, space)):
        raise VpnNameTakenError
    with state.store.transaction():
        connection = state.store.put(
            VpnConnection(
                **state.stamp(),
                parent=space.id,
                name=name,
                public_ip=_address(public_ip),
                routable_cidrs=_ranges(ranges),
            )
        )
        state.provisioning.begin("vpn-connection", connection)
    state.spawn(_provision(state, connection))
    return connection


async def _provision(state: State, connection: VpnConnection) -> None:
    job = state.provisioning.job_of(connection)
    state.change(connection, status=PROVISIONING)
    succeeded = await state.provisioning.wait_until_due(job) if job else True
    if succeeded is None:
        return
    with state.store.transaction():
        keys = [secrets.token_hex(16) for _ in TUNNEL_ADDRESSES] if succeeded else []
        state.change(connection, status=ACTIVE if succeeded else FAILED, keys=keys)
        if job:
            state.provisioning.finish(job)


def resume(state: State) -> None:
    """Continue to provision VPN connections that an earlier run of the server did not finish."""
    for connection in state.store.every(VpnConnection):
        if connection.status in (PENDING, PROVISIONING):
            state.spawn(_provision(state, connection))


def route(state: State, connection: VpnConnection, ranges: Sequence[str]) -> VpnConnection:
    """Replace the address ranges behind the connection."""
    return state.change(connection, routable_cidrs=_ranges(ranges))


def _ranges(values: Sequence[str]) -> list[str]:
    if not values:
        raise NoRangesError
    return cidr.any_ranges(values)


def _address(value: str) -> str:
    try:
        return str(IPv4Address(value))
    except ValueError:
        raise VpnAddressError(value=value) from None


def document(space: Space, connection: VpnConnection) -> Document:
    return {
        "id": connection.id,
        "name": connection.name,
        "public_ip": connection.public_ip,
        "routable_cidrs": connection.routable_cidrs,
        "space_cidr_block": space.cidr,
        "ike_version": IKE_VERSION,
        "status": connection.status,
        "status_message": "The connection failed." if connection.status == FAILED else "",
        "tunnels": [
            {
                "ip": address,
                "customer_ip": connection.public_ip,
                "pre_shared_key": key,
                "status": "DOWN",
                "status_message": "",
                "last_status_change": connection.updated_at,
            }
            for address, key in zip(TUNNEL_ADDRESSES, connection.keys, strict=False)
        ],
    }
