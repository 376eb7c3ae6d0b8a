"""One add-on's Redis server: its settings, its process, and the commands that we send it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from localheroku.addons import launching
from localheroku.addons.ports import HOST, is_free, taken
from localheroku.addons.redis import program
from localheroku.addons.server_per_addon import ServerRecord
from localheroku.core.addon_service import ServiceFailed

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from redis.asyncio import Redis as Client

START_SECONDS = 30
STOP_SECONDS = 10
ATTEMPT_SECONDS = 0.5
"""How long a new server may take to answer; another program on its port may never answer."""
RESPONSE_SECONDS = 5
USERS = ("valkey", "redis", "nobody")
"""Users that it can run as when we are root; the system's packages create the first two."""

FIXED: Mapping[str, str] = {
    "bind": HOST,
    "set-proc-title": "no",  # its name identifies the process
    "save": "",
    "appendfsync": "everysec",
}
"""Settings of all servers. Persistence is a log, written out every second, as on Heroku.

https://devcenter.heroku.com/articles/heroku-redis#persistence
"""


@dataclass(frozen=True)
class StoreRecord(ServerRecord):
    """The stored settings of one add-on."""

    server_port: int
    """The port of the server itself, which with TLS is not the one in the address."""
    password: str
    config_command: str
    """The secret name of the command CONFIG, which apps cannot use on Heroku."""
    is_persistent: bool
    settings: dict[str, str]
    """The settings that its owner can change, by their names in Redis."""

    def options(self) -> dict[str, str]:
        """Return the settings that can change while the server runs."""
        return {
            **self.settings,
            "requirepass": self.password,
            "maxmemory": f"{self.megabytes or 0}mb",  # 0: no limit
            "maxclients": str(self.connection_limit or DEFAULT_CONNECTIONS),
            "appendonly": "yes" if self.is_persistent else "no",
        }


DEFAULT_CONNECTIONS = 10_000


def launch(store: StoreRecord, folder: Path) -> subprocess.Popen[bytes]:
    """Start a server whose data is in `folder`; its settings exist only in memory.

    Raises:
        ServiceFailed: there is no program to run.
    """
    settings = {**FIXED, "port": str(store.server_port), **store.options()}
    lines = [f'{name} "{value}"' for name, value in settings.items()]
    lines.append(f"rename-command CONFIG {store.config_command}")
    return launching.launch((program.runnable(), "-"), folder, USERS, stdin="\n".join([*lines, ""]))


async def wait(child: subprocess.Popen[bytes], store: StoreRecord, folder: Path) -> None:
    """Return when a server has read its data and accepts its password.

    Raises:
        ServiceFailed: it has ended, or does not become ready.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS), connected(store) as client:
                await client.ping()
            return
        except (ServiceFailed, TimeoutError) as failure:
            if child.poll() is not None:
                port = store.server_port
                reason = launching.last_lines(folder) if is_free(port) else taken(port)
                raise ServiceFailed(f"Redis did not start: {reason}") from None
            if time.monotonic() > deadline:
                raise ServiceFailed(f"Redis did not become ready: {failure}") from None
        await asyncio.sleep(0.02)


@asynccontextmanager
async def connected(store: StoreRecord) -> AsyncIterator[Client]:
    """Connect to a server.

    Raises:
        ServiceFailed: it does not answer, or rejects a command.
    """
    from redis.asyncio import Redis as Client
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError

    client = Client(
        host=HOST,
        port=store.server_port,
        password=store.password,
        socket_timeout=RESPONSE_SECONDS,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )
    try:
        yield client
    except RedisError as error:
        raise ServiceFailed(f"Redis: {error}") from None
    finally:
        await client.aclose()


async def configure(store: StoreRecord, options: Mapping[str, str]) -> None:
    """Change settings of a running server, all or none of them.

    Raises:
        ServiceFailed: it does not answer, or rejects a value.
    """
    await _config(store, "SET", *(word for option in options.items() for word in option))


async def reset_statistics(store: StoreRecord) -> None:
    """Reset the counters of a running server.

    Raises:
        ServiceFailed: it does not answer.
    """
    await _config(store, "RESETSTAT")


async def _config(store: StoreRecord, *words: str) -> None:
    async with connected(store) as client:
        await client.execute_command(store.config_command, *words)  # type: ignore[no-untyped-call]


def end(process: psutil.Process) -> None:
    """Let a server write out its data and end, or else kill it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
