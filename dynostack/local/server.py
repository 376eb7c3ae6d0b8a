"""The background process of the local Heroku: start, find, stop, reset and call it."""

from __future__ import annotations

import os
import shutil
import ssl
import string
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import httpx
import psutil

from dynostack.errors import LocalError
from dynostack.http_client import client, lines_of
from dynostack.local.port_conflict import port_conflict
from dynostack.local.server_command import data_of_server
from dynostack.local.workspace import LocalWorkspace
from localheroku import addons
from localheroku.control.snapshots import files as snapshots
from localheroku.core import certificate, disk_full

START_SECONDS = 60.0
STOP_SECONDS = 45.0
BOOT_SECONDS = 90.0
"""Heroku gives a web dyno 60 s: https://devcenter.heroku.com/articles/limits#boot-timeout"""
IMPORT_SECONDS = 10.0
"""How long a worker may take to import its modules, after which most mistakes have ended it."""
ANSWER_SECONDS = 30.0
MODULE = "localheroku"
ACCEPT = "application/vnd.heroku+json; version=3"
UNQUOTED = string.punctuation.replace("#", "")


class ServerProcess:
    """The local Heroku of one project."""

    def __init__(self, workspace: LocalWorkspace) -> None:
        self.workspace = workspace
        self.data = workspace.heroku_data
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def tls_context(self) -> ssl.SSLContext:
        """Return a TLS context that trusts the local Heroku's own certificate."""
        return ssl.create_default_context(cafile=str(self.data / certificate.FILE))

    def process(self) -> psutil.Process | None:
        """Return the running server, if any, found by the data folder in its command line."""
        found = [
            process
            for process in psutil.process_iter(["cmdline"])
            if data_of_server(process.info["cmdline"] or []) == self.data
        ]
        # A child of the server has the same command line until it executes another program.
        return min(found, key=psutil.Process.create_time, default=None)

    def start(self) -> bool:
        """Start the local Heroku unless it is running.

        Returns:
            Whether this call started it.

        Raises:
            LocalError: it did not start; the message says who uses its port, or is the last line
                of the server's log.
        """
        self.workspace.create()
        with self.log.open("a") as log:
            child, process = self._awaited(log)
        if child and child.pid != process.pid:
            # Another command started the server first, so this child ends.
            child.wait()
        return child is not None and child.pid == process.pid

    def _awaited(self, log: TextIO) -> tuple[subprocess.Popen[bytes] | None, psutil.Process]:
        """Wait until the server listens.

        Returns:
            The child process that this call started, if any, and the server.

        Raises:
            LocalError: the server ended or did not listen in time.
        """
        mark = log.tell()
        child = None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            process = self.process()
            if process and self.listens(process.pid):
                return child, process
            if process is None and child is None:
                # A server that was still stopping is gone by now, too.
                child = self._spawned(log)
            # A process that has just been forked cannot be found by its command line yet.
            elif process is None and child and child.poll() is not None:
                raise LocalError(port_conflict(self.workspace) or self._last_words(mark))
            time.sleep(0.02)
        if child:
            child.terminate()
        raise LocalError(
            f"the local Heroku did not start within {START_SECONDS:.0f} s; see its log: {self.log}"
        )

    def _spawned(self, log: TextIO) -> subprocess.Popen[bytes]:
        if self._child:
            self._child.wait()
        self._child = self._spawn(log)
        return self._child

    def _spawn(self, log: TextIO) -> subprocess.Popen[bytes]:
        heroku = self.workspace.heroku
        return subprocess.Popen(
            [
                *(sys.executable, "-m", MODULE),
                *("--data", str(self.data)),
                *("--port", str(heroku.port)),
                *("--account", heroku.account),
                *("--team", heroku.team),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=self.workspace.project,
            # The local Heroku must not see the login to the real Heroku.
            env={k: value for k, value in os.environ.items() if not k.startswith("HEROKU_")},
        )

    def _last_words(self, mark: int) -> str:
        with self.log.open() as log:
            log.seek(mark)
            lines = [line.strip() for line in log if line.strip()]
        if not lines and disk_full.holds(self.data):
            return (
                f"the local Heroku did not start: the disk of {self.data} is full;"
                " free some space and run: dynostack local start"
            )
        return lines[-1] if lines else f"the local Heroku did not start; see its log: {self.log}"

    def listens(self, pid: int) -> bool:
        """Return whether this process listens on the port; only it may get the API key."""
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            return any(
                connection.status == psutil.CONN_LISTEN
                and connection.laddr.port == self.workspace.heroku.port
                for connection in psutil.Process(pid).net_connections("tcp")
            )
        return False

    def stop(self) -> bool:
        """Stop the local Heroku with its databases, caches and dynos; keep its data.

        Returns:
            Whether it was running.

        Raises:
            LocalError: it does not stop within STOP_SECONDS.
        """
        process = self.process()
        if process is None:
            return False
        try:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
            process.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            raise LocalError(
                f"the local Heroku (process {process.pid}) did not stop within"
                f" {STOP_SECONDS:.0f} s; see its log: {self.log}"
            ) from None
        if self._child:
            self._child.wait()
        return True

    def reset(self) -> None:
        """Delete every app, database and cache; keep the API key and the snapshots.

        With the same key, a shell that has evaluated `dynostack env` keeps working.
        """
        self.leave()
        self.workspace.create()
        for entry in self.data.iterdir():
            if entry == self.workspace.api_key_file or entry == snapshots.folder(self.data):
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def save_snapshot(self, name: str) -> Any:
        """Save apps, databases and Pulumi's state as a snapshot, and return its description."""
        made = self.control("POST", "/snapshots", {"name": name})
        _copy(self.workspace.state, self._state_of(name))
        return made

    def restore_snapshot(self, name: str) -> Any:
        """Restore apps, databases and Pulumi's state, and return the snapshot's description."""
        restored = self.control("POST", f"/snapshots/{name}/actions/restore")
        if self._state_of(name).exists():
            _copy(self._state_of(name), self.workspace.state)
        return restored

    def _state_of(self, name: str) -> Path:
        return snapshots.folder(self.data) / name / "state"

    def leave(self) -> None:
        """Stop the local Heroku and its add-ons' processes; call this before removing the data."""
        try:
            self.stop()
        except LocalError:
            if process := self.process():
                with suppress(psutil.NoSuchProcess):
                    process.kill()
                process.wait()
            if self._child:
                self._child.wait()
        addons.leave(self.data)

    def only_app(self) -> str:
        """Return the name of the only app.

        Raises:
            LocalError: there is no app, or there are several.
        """
        names = [str(app["name"]) for app in self.get("/apps")]
        if len(names) != 1:
            there = "there is no app; deploy one with: dynostack up"
            if names:
                there = f"there are several apps ({', '.join(names)}); pass the app's name"
            raise LocalError(f"cannot tell which app to use: {there}")
        return names[0]

    def key_of(self, email: str) -> str:
        """Return the API key of the account with this email; create the account if missing."""
        return str(self.post("/_local/accounts", {"email": email})["key"])

    def get(self, path: str) -> Any:
        """Return the Platform API's JSON response to a GET.

        Raises:
            LocalError: the local Heroku does not answer, or answers with an error.
        """
        return self._call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Create the resource that `body` describes.

        Raises:
            LocalError: the local Heroku does not answer, or answers with an error.
        """
        return self._call("POST", path, body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """Change the resource at a path to what `body` describes, as a change outside Pulumi.

        Raises:
            LocalError: the local Heroku does not answer, or answers with an error.
        """
        return self._call("PATCH", path, body)

    def delete(self, path: str) -> Any:
        """Delete the resource at a path, as a change outside Pulumi.

        Raises:
            LocalError: the local Heroku does not answer, or answers with an error.
        """
        return self._call("DELETE", path)

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the control API, which only the local Heroku has, below /_local.

        Raises:
            LocalError: the local Heroku does not answer, or answers with an error.
        """
        return self._call(method, f"/_local{path}", body, endless=True)

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, endless: bool = False
    ) -> Any:
        with self._request(method, path, body, endless=endless) as response:
            response.read()
        answer = response.json()
        if response.is_error:
            raise LocalError(f"{answer['message']} ({method} {path}: {response.status_code})")
        return answer

    @contextmanager
    def _request(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        endless: bool = False,
    ) -> Iterator[httpx.Response]:
        process = self.process()
        if process is None or not self.listens(process.pid):
            raise LocalError(
                "the local Heroku is not running; start it with: dynostack local start"
            )
        url = self.workspace.heroku.url
        address = url + quote(path, UNQUOTED, errors="surrogateescape")
        login = ("", self.workspace.api_key_file.read_text())
        timeout = None if endless else ANSWER_SECONDS
        try:
            with (
                client(url, {"Accept": ACCEPT}, timeout=timeout) as http,
                http.stream(method, address, json=body or None, auth=login) as response,
            ):
                yield response
        except httpx.HTTPError as error:
            raise LocalError(
                f"the local Heroku (process {process.pid}) does not answer {method} {path}; "
                f"see its log: {self.log}"
            ) from error

    def crashed_dynos(self, app: str) -> list[str]:
        """Wait until the dynos of the current release have started and return those that crashed.

        A web dyno has started when it accepts connections, any other when it has run for a while.

        Raises:
            LocalError: a dyno takes longer to boot than Heroku allows.
        """
        start = time.monotonic()
        while (waited := time.monotonic() - start) < BOOT_SECONDS:
            current = [each["id"] for each in self.get(f"/apps/{app}/releases") if each["current"]]
            there = self.get(f"/apps/{app}/dynos")
            dynos = [dyno for dyno in there if dyno["release"]["id"] in current]
            if crashed := [dyno["name"] for dyno in dynos if dyno["state"] == "crashed"]:
                return crashed
            started = all(_has_started(dyno, waited) for dyno in dynos)
            if len(dynos) >= self._wanted_dynos(app) and started:
                return []
            time.sleep(0.1)
        raise LocalError(
            f"the dynos of {app} did not start within {BOOT_SECONDS:.0f} s; to see why, run:"
            f" dynostack local logs {app}"
        )

    def _wanted_dynos(self, app: str) -> int:
        return sum(process["quantity"] for process in self.get(f"/apps/{app}/formation"))

    def logs(self, app: str, lines: int, follow: bool, dyno: str | None = None) -> Iterator[str]:
        """Yield the lines of the app's log, oldest first.

        https://devcenter.heroku.com/articles/platform-api-reference#log-session

        Args:
            app: the name or id of the app.
            lines: the number of last lines to start with.
            follow: go on with new lines until interrupted.
            dyno: only the lines of this dyno.
        """
        wanted = {"lines": lines, "tail": follow, **({"dyno": dyno} if dyno else {})}
        session = self.post(f"/apps/{app}/log-sessions", wanted)
        yield from self.lines(session["logplex_url"].removeprefix(self.workspace.heroku.url))

    def lines(self, path: str) -> Iterator[str]:
        """Yield the lines of a stream, such as a build's output, until it ends.

        Raises:
            LocalError: the local Heroku does not answer.
        """
        with self._request("GET", path, endless=True) as response:
            yield from lines_of(response)


def _has_started(dyno: dict[str, Any], waited: float) -> bool:
    """Return whether a dyno is up, and is a web dyno, is old, or was watched for long enough."""
    age = datetime.now(UTC) - datetime.fromisoformat(dyno["updated_at"])
    watched = max(age.total_seconds(), waited) >= IMPORT_SECONDS
    return dyno["state"] == "up" and (dyno["type"] == "web" or watched)


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
