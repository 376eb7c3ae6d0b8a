"""The IPv4 address ranges of private spaces."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from localheroku.api.spaces.errors import AddressRangeError, CidrError, OverlapError

PRIVATE = [IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
SPACE_SIZES = range(16, 17)
DATA_SIZES = range(16, 21)
DYNO_SIZE = 20
DYNO_BLOCKS = slice(8, 12)
"""The subnets of a space, each of size DYNO_SIZE, that hold its dynos."""


def space(value: str) -> str:
    """Return the normalized address range of a space.

    Raises:
        CidrError: The range is invalid for a space.
    """
    return _private("cidr", value, SPACE_SIZES, "/16")


def data(value: str) -> str:
    """Return the normalized address range of a space's databases.

    Raises:
        CidrError: The range is invalid for databases.
    """
    return _private("data_cidr", value, DATA_SIZES, "/16 to /20")


def check_apart(cidr: str, data_cidr: str) -> None:
    if IPv4Network(cidr).overlaps(IPv4Network(data_cidr)):
        raise OverlapError(cidr=cidr, data_cidr=data_cidr)


def any_range(value: str) -> str:
    """Return an address range in its normal form.

    Raises:
        AddressRangeError: The text is not an IPv4 address range.
    """
    network = _network(value)
    if network is None:
        raise AddressRangeError(value=value)
    return str(network)


def any_ranges(values: Sequence[str]) -> list[str]:
    return [any_range(value) for value in values]


def dyno_blocks(cidr: str) -> list[str]:
    """Return the address ranges of a space's dynos."""
    blocks = list(IPv4Network(cidr).subnets(new_prefix=DYNO_SIZE))
    return [str(block) for block in blocks[DYNO_BLOCKS]]


def _private(name: str, value: str, sizes: range, size_range: str) -> str:
    network = _network(value)
    if (
        network is None
        or network.prefixlen not in sizes
        or not any(network.subnet_of(private) for private in PRIVATE)
    ):
        raise CidrError(name=name, sizes=size_range, value=value)
    return str(network)


def _network(value: str) -> IPv4Network | None:
    if "/" not in value:
        return None
    try:
        return IPv4Network(value, strict=False)
    except ValueError:
        return None
