"""The ports of add-ons' servers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from localheroku import addons
from localheroku.addons import ports
from localheroku.addons.memcached import Memcached
from localheroku.addons.ports import FIRST, LAST, free_port, is_free
from localheroku.addons.postgres import Postgres
from localheroku.addons.redis import KEY_VALUE_STORE, Redis
from localheroku.core.addon_service import AddonRequest, ServiceFailed


@pytest.fixture
def taken() -> Iterator[int]:
    """Yield a port that another program listens on."""
    with socket.create_server((ports.HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_is_below_those_of_outgoing_connections(taken: int) -> None:
    assert all(FIRST <= free_port() < LAST for _ in range(20))
    assert not is_free(taken)


@pytest.mark.parametrize(
    ("service", "request_of_it", "variable"),
    [
        (Postgres, AddonRequest("0a-shop", "postgresql-cubed-1", "essential-0"), "URL"),
        (Memcached, AddonRequest("0a-shop", "memcachier-cubed-1", "dev"), "SERVERS"),
    ],
)
async def test_a_new_server_whose_port_is_taken_meanwhile_starts_on_another(
    service: type[Postgres | Memcached],
    request_of_it: AddonRequest,
    variable: str,
    taken: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = free_port()
    chosen = iter([taken, other])
    monkeypatch.setattr(ports, "free_port", lambda: next(chosen))
    started = service(tmp_path)
    try:
        values = await started.provision(request_of_it)
    finally:
        await started.close()
    assert f":{other}" in values[variable]


@pytest.mark.parametrize("first_taken", [0, 1])
async def test_a_new_store_needs_two_free_ports(
    first_taken: int, taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [free_port() for _ in range(4)]
    chosen = iter([*others[:first_taken], taken, *others[first_taken:]])
    monkeypatch.setattr(ports, "free_port", lambda: next(chosen))
    started = Redis(tmp_path, KEY_VALUE_STORE)
    try:
        url = (await started.provision(AddonRequest("0a-shop", "redis-cubed-1", "mini")))["URL"]
    finally:
        await started.close()
    assert int(url.rpartition(":")[2]) in others


async def test_the_error_of_a_servers_taken_port_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = AddonRequest("0a-shop", "postgresql-cubed-1", "essential-0")
    postgres = Postgres(tmp_path / addons.POSTGRES)
    url = (await postgres.provision(request))["URL"]
    await postgres.close()
    port = int(url.rpartition(":")[2].partition("/")[0])
    failure = pytest.raises(ServiceFailed, match=f"another program uses its port {port}: end")
    with socket.create_server((ports.HOST, port)), failure:
        await postgres.start([request])
    await postgres.start([request])
    await postgres.close()
