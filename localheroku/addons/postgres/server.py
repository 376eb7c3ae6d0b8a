"""A PostgreSQL server of a local Heroku: created, started, found again, stopped."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psutil

from localheroku.addons import lookup
from localheroku.addons.ports import HOST, is_free, start_on_free_port, taken
from localheroku.addons.postgres import cluster, postmaster
from localheroku.addons.postgres.cluster import ADMIN, CERTIFICATE
from localheroku.addons.postgres.installation import CLUSTER, Installation, prepare
from localheroku.core import log_files
from localheroku.core.addon_service import ServiceFailed
from localheroku.core.atomic_files import write_private

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from psycopg import AsyncConnection

START_SECONDS = 60
LOG = "server.log"

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a socket's path is limited to 103 characters
    "max_connections": "1000",  # each role has its own plan's limit, at most 500
    "shared_buffers": "32MB",
    "password_encryption": "scram-sha-256",
    "ssl": "on",
    "ssl_cert_file": CERTIFICATE,
    "ssl_key_file": CERTIFICATE,
}

PRELOADED = "pg_stat_statements"
"""The libraries that Heroku's servers load when they start, except those that we do not have."""

# The settings in which Heroku's servers list extensions; `heroku pg:extensions` reads both.
EXTENSION_LISTS = ("extwlist.extensions", "rds.allowed_extensions")


class PostgresServer:
    """The PostgreSQL server of one major version, started when it is first needed.

    It outlives a local Heroku that was killed; the next one finds it again.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self._folder = folder
        self._version = version
        self._lock = asyncio.Lock()
        self._changing = asyncio.Lock()
        self._process: psutil.Process | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The port, which stays the same as long as the server's databases exist."""
        port: int = self._settings()["port"]
        return port

    async def connect(self, database: str = ADMIN) -> AsyncConnection:
        """Connect as administrator, after starting the server if it is not running."""
        from psycopg import AsyncConnection

        await self.ready()
        return await AsyncConnection.connect(
            host=HOST,
            port=self.port,
            user=ADMIN,
            password=self._settings()["password"],
            dbname=database,
            sslmode="disable",
            autocommit=True,
        )

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[AsyncConnection]:
        """Connect as administrator to change roles and databases, one caller after the other.

        Roles and databases are rows of catalogs that the whole server shares. PostgreSQL rejects
        one of two concurrent changes of the same row: "tuple concurrently updated".

        Raises:
            ServiceFailed: the server does not start, or rejects a statement.
        """
        from psycopg import Error

        async with self._changing:
            try:
                async with await self.connect() as admin:
                    yield admin
            except Error as error:
                # The full message may quote the statement.
                reason = error.diag.message_primary or type(error).__name__
                raise ServiceFailed(f"PostgreSQL rejected the change: {reason}") from None

    async def ready(self) -> None:
        """Return when the server accepts connections.

        Raises:
            ServiceFailed: it does not start.
        """
        async with self._lock:
            if not lookup.is_running(self._process):
                await self._end_process()
                installation = await asyncio.to_thread(prepare, self._folder, self._version)
                if self._settings_path.exists() and cluster.is_made(installation):
                    cluster.require_version(installation)
                    await self._start(installation)
                else:
                    await self._start_new(installation)

    async def stop(self) -> None:
        """Shut the server down cleanly; its data stays."""
        async with self._lock:
            self._process = self._process or self._find_if_made()
            await self._end_process()

    async def _end_process(self) -> None:
        if self._process:
            await asyncio.to_thread(postmaster.end, self._process)
        if self._child:
            await asyncio.to_thread(self._child.wait)
        self._process = self._child = None

    async def _start_new(self, installation: Installation) -> None:
        password = secrets.token_hex(32)
        await asyncio.to_thread(cluster.initialize, installation, password)

        async def start(port: int) -> None:
            # Without this file the cluster counts as incomplete and is created again.
            settings = {"port": port, "password": password}
            write_private(self._settings_path, json.dumps(settings) + "\n")
            await self._start(installation)

        await start_on_free_port(start)

    async def _start(self, installation: Installation) -> None:
        self._process = await asyncio.to_thread(self._find_or_launch, installation)
        await self._wait(installation)

    def _find_or_launch(self, installation: Installation) -> psutil.Process:
        """Return the running server; replace it first if it has other settings or programs."""
        command = [str(part) for part in self._command(installation)]
        if found := postmaster.find(installation.cluster):
            if found.cmdline() == command:
                return found
            postmaster.end(found)
        postmaster.forget(installation.cluster)
        cluster.secure(installation)
        return self._launch(installation, command)

    def _launch(self, installation: Installation, command: list[str]) -> psutil.Process:
        log_files.cut(self._log_path)
        # The log contains failing statements with all their values.
        self._log_path.touch(mode=0o600)
        with self._log_path.open("ab") as log:
            self._child = subprocess.Popen(
                command, stdout=log, stderr=log, **cluster.process_options(installation)
            )
        return psutil.Process(self._child.pid)

    def _command(self, installation: Installation) -> list[str | Path]:
        distribution = installation.distribution
        settings = {
            **SETTINGS,
            **dict.fromkeys(EXTENSION_LISTS, ",".join(distribution.extensions)),
        }
        if distribution.folder:
            settings["shared_preload_libraries"] = PRELOADED
        options = [f"--{name}={value}" for name, value in settings.items()]
        program = installation.programs / "postgres"
        return [program, "-D", installation.cluster, f"--port={self.port}", *options]

    async def _wait(self, installation: Installation) -> None:
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while not self._says_ready(installation):
            ended = self._child is not None and self._child.poll() is not None
            if ended or asyncio.get_running_loop().time() > deadline:
                await self._end_process()
                raise ServiceFailed(f"PostgreSQL did not start: {self._last_error()}")
            await asyncio.sleep(0.02)

    def _says_ready(self, installation: Installation) -> bool:
        # The pid file of a killed server still says "ready": check whose it is.
        lines = postmaster.note(installation.cluster)
        is_own = self._process is not None and lines[:1] == [str(self._process.pid)]
        return is_own and lines[-1] == "ready"

    def _find_if_made(self) -> psutil.Process | None:
        if not self._settings_path.exists():
            return None
        return postmaster.find((self._folder / CLUSTER).resolve())

    def _settings(self) -> dict[str, Any]:
        try:
            settings: dict[str, Any] = json.loads(self._settings_path.read_text())
        except ValueError:
            raise ServiceFailed(
                f"{self._settings_path} is damaged: run `dynostack local reset` to start over"
            ) from None
        return settings

    @property
    def _settings_path(self) -> Path:
        return self._folder / "server.json"

    @property
    def _log_path(self) -> Path:
        return self._folder / LOG

    def _last_error(self) -> str:
        if not is_free(self.port):
            return taken(self.port)
        lines = self._log_path.read_text(errors="replace").splitlines()
        error_lines = [line for line in lines[-20:] if "FATAL" in line or "ERROR" in line]
        last_line = (error_lines or lines or ["it printed nothing"])[-1]
        return f"{last_line} (full log: {self._log_path})"
