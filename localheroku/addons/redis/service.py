"""The add-on services in which each add-on is a Redis server."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from localheroku.addons.ports import HOST, start_on_free_port
from localheroku.addons.redis import program, server
from localheroku.addons.redis.server import StoreRecord
from localheroku.addons.redis.tls_front import TlsFront
from localheroku.addons.server_per_addon import ServerPerAddon
from localheroku.core import certificate
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.backends import StoreInfo

if TYPE_CHECKING:
    from pathlib import Path

    from localheroku.core.addon_service import AddonRequest

TIMEOUT, POLICY, NOTIFICATIONS = "timeout", "maxmemory-policy", "notify-keyspace-events"
SETTINGS = {TIMEOUT: "0", POLICY: "noeviction", NOTIFICATIONS: ""}


@dataclass(frozen=True)
class Offer:
    """The promises of a service for its add-ons: TLS, persistence and settings."""

    tls: bool
    username: str = ""
    """The user in the address, which is always Redis's own `default`."""
    persistent_plans: tuple[str, ...] = ()
    """The beginnings of the names of plans whose data survives a restart."""
    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)

    def is_persistent(self, plan: str) -> bool:
        """Return whether the data of a plan survives a restart."""
        return plan.startswith(self.persistent_plans)


KEY_VALUE_STORE = Offer(
    tls=True,
    persistent_plans=("premium-", "private-", "shield-"),
    settings={**SETTINGS, TIMEOUT: "300"},
)
"""Heroku Key-Value Store.  https://devcenter.heroku.com/articles/heroku-redis"""
REDIS_CLOUD = Offer(tls=False, username="default")
"""Redis Cloud, formerly Redis Enterprise Cloud.  https://devcenter.heroku.com/articles/rediscloud"""


class Redis(ServerPerAddon[StoreRecord]):
    """One service; while it runs, every change of an add-on keeps its data."""

    PROGRAMS = program.PROGRAMS
    launch = staticmethod(server.launch)
    wait = staticmethod(server.wait)
    end = staticmethod(server.end)

    def __init__(self, folder: Path, offer: Offer) -> None:
        super().__init__(folder, StoreRecord)
        self._offer = offer
        self._fronts: dict[str, TlsFront] = {}

    async def close(self) -> None:
        """Stop every server."""
        for front in self._fronts.values():
            await front.close()
        self._fronts.clear()
        await super().close()

    async def info(self, addon_id: str) -> StoreInfo:
        """Return the state of an add-on's server.

        Raises:
            ServiceFailed: it does not answer.
        """
        store = self._record(addon_id)
        async with server.connected(store) as client:
            facts = await client.info()
        return StoreInfo(
            version=str(facts.get("valkey_version") or facts["redis_version"]),
            is_persistent=store.is_persistent,
            settings=store.settings,
        )

    async def set(self, addon_id: str, values: Mapping[str, str]) -> None:
        """Change settings of an add-on's server, all or none of them.

        Raises:
            ServiceFailed: it does not answer, or rejects a value.
        """
        async with self._locks[addon_id]:
            store = self._record(addon_id)
            await server.configure(store, values)
            self._records.put(addon_id, replace(store, settings={**store.settings, **values}))

    async def rotate(self, addon_id: str) -> str:
        """Replace the password of an add-on, and return its new address."""
        async with self._locks[addon_id]:
            before = self._record(addon_id)
            after = replace(before, password=_password())
            # Stored last: if the server does not answer, the old password stays.
            await server.configure(before, {"requirepass": after.password})
            self._records.put(addon_id, after)
        return self._url(after)

    async def reset_statistics(self, addon_id: str) -> None:
        """Reset the counters of an add-on's server."""
        await server.reset_statistics(self._record(addon_id))

    async def _start_new(self, request: AddonRequest) -> StoreRecord:
        """Start a new server, which with TLS has a port of its own."""
        if not self._offer.tls:
            return await super()._start_new(request)

        async def start(server_port: int) -> StoreRecord:
            generated = self._generate(request, server_port)

            async def start_front(port: int) -> StoreRecord:
                record = replace(generated, port=port)
                await self._ensure(request.addon_id, record)
                return record

            return await start_on_free_port(start_front)

        return await start_on_free_port(start)

    def _generate(self, request: AddonRequest, port: int) -> StoreRecord:
        return StoreRecord(
            port=port,
            server_port=port,
            password=_password(),
            config_command=secrets.token_hex(16),
            plan=request.plan,
            megabytes=request.megabytes,
            connection_limit=request.connection_limit,
            is_persistent=self._offer.is_persistent(request.plan),
            settings=dict(self._offer.settings),
        )

    def _variables(self, record: StoreRecord) -> dict[str, str]:
        return {"URL": self._url(record)}

    def _url(self, record: StoreRecord) -> str:
        scheme = "rediss" if self._offer.tls else "redis"
        return f"{scheme}://{self._offer.username}:{record.password}@{HOST}:{record.port}"

    async def _change(self, addon_id: str, before: StoreRecord, after: StoreRecord) -> StoreRecord:
        after = replace(after, is_persistent=self._offer.is_persistent(after.plan))
        await self._run(addon_id, before)
        await server.configure(before, after.options())
        return after

    async def _run(self, addon_id: str, record: StoreRecord) -> None:
        await super()._run(addon_id, record)
        if self._offer.tls:
            front = self._fronts.get(addon_id)
            if front is None:
                file = certificate.ensured(self._folder / certificate.FILE)
                front = TlsFront(record.port, record.server_port, file)
            await front.open()
            self._fronts[addon_id] = front

    async def _stop(self, addon_id: str) -> None:
        if front := self._fronts.pop(addon_id, None):
            await front.close()
        await super()._stop(addon_id)

    def _record(self, addon_id: str) -> StoreRecord:
        if (store := self._records.get(addon_id)) is None:
            raise ServiceFailed(
                "the add-on has no server, as an earlier version of the local Heroku created it; "
                "destroy it and create it again"
            )
        return store


def _password() -> str:
    """Return a new password that looks like one of Heroku's."""
    return f"p{secrets.token_hex(32)}"
