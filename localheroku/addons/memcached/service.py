"""The add-on services in which each add-on is a memcached."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from localheroku.addons.memcached import sasl, server
from localheroku.addons.memcached.server import CacheRecord
from localheroku.addons.ports import HOST
from localheroku.addons.server_per_addon import ServerPerAddon

if TYPE_CHECKING:
    from pathlib import Path

    from localheroku.core.addon_service import AddonRequest


class Memcached(ServerPerAddon[CacheRecord]):
    """MemCachier or Memcached Cloud."""

    PROGRAMS = (sasl.MEMCACHED,)
    launch = staticmethod(server.launch)
    wait = staticmethod(server.wait)
    end = staticmethod(server.end)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, CacheRecord)

    def _generate(self, request: AddonRequest, port: int) -> CacheRecord:
        """Return a new record with credentials that look like MemCachier's."""
        return CacheRecord(
            port=port,
            username=secrets.token_hex(3).upper(),
            password=secrets.token_hex(16).upper(),
            plan=request.plan,
            megabytes=request.megabytes,
            connection_limit=request.connection_limit,
        )

    def _variables(self, record: CacheRecord) -> dict[str, str]:
        return {
            "SERVERS": f"{HOST}:{record.port}",
            "USERNAME": record.username,
            "PASSWORD": record.password,
        }

    async def _change(self, addon_id: str, before: CacheRecord, after: CacheRecord) -> CacheRecord:
        """Give the cache another size.

        memcached cannot change its size while clients must authenticate, nor move its items to a
        cache of another size: if the size changes, the cache restarts empty.
        """
        if after.options() != before.options():
            await self._stop(addon_id)
        return after
