"""Speed and memory of the local Heroku, compared with equivalent calls of moto_server.

The calls do not use databases, caches or dynos.
"""

from __future__ import annotations

import json
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import moto
from benchmarks.load import Request, load
from benchmarks.measure import Comparison
from benchmarks.server import Server, running
from localheroku.auth.api_keys import load_key
from tests.e2e.rehearsal import Rehearsal
from tests.ports import free_port

APPS = 1000
REQUESTS = 1600
MOTO = "moto_server"


class Heroku:
    """Creates requests with the API key of a local Heroku."""

    def __init__(self, data: Path) -> None:
        key = b64encode(f":{load_key(data / 'api-key')}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {key}",
            "Accept": "application/vnd.heroku+json; version=3",
            "Content-Type": "application/json",
        }

    def get(self, path: str) -> Request:
        """Return a GET request for a path."""
        return Request("GET", path, self._headers)

    def send(self, method: str, path: str, fields: dict[str, Any]) -> Request:
        """Return a request with a JSON body."""
        return Request(method, path, self._headers, json.dumps(fields).encode())


@contextmanager
def serving(data: Path) -> Iterator[tuple[Server, Heroku]]:
    """Run a local Heroku without apps during the block."""
    heroku, port = Heroku(data), free_port()
    words = {"data": data, "port": port, "account": "ops@acme.example", "team": "acme"}
    options = [word for name, value in words.items() for word in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "localheroku", *options]
    with running(command, port, heroku.get("/account")) as server:
        yield server, heroku


def measure(_: Rehearsal, runs: int) -> Iterator[Comparison]:
    """Compare start, memory, reads and writes."""
    starts = [_start() for _ in range(runs)]
    yield _beside_moto("local Heroku, start to the first answer", "s", starts)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as (ours, heroku),
        moto.serving() as theirs,
    ):
        yield _beside_moto("local Heroku, idle", "MB", [_weights(ours, theirs)])
        names = [f"shop-{number}" for number in range(APPS)]
        load(ours.port, [heroku.send("POST", "/apps", {"name": name}) for name in names])
        load(theirs.port, [moto.put(name, "1") for name in names])
        yield _beside_moto(f"local Heroku, {APPS} apps", "MB", [_weights(ours, theirs)])
        look = [heroku.get("/apps/shop-1")] * REQUESTS, [moto.get("shop-1")] * REQUESTS
        yield from _loads("GET of an app", (ours, theirs), look, runs)
        values = [str(number) for number in range(REQUESTS)]
        path = "/apps/shop-1/config-vars"
        change = (
            [heroku.send("PATCH", path, {"DEBUG": value}) for value in values],
            [moto.put("shop-1", value) for value in values],
        )
        yield from _loads("PATCH of config vars", (ours, theirs), change, runs)


def _start() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (ours, _):
        pass
    with moto.serving() as theirs:
        return ours.started, theirs.started


def _weights(ours: Server, theirs: Server) -> tuple[float, float]:
    return ours.megabytes, theirs.megabytes


def _loads(
    name: str,
    servers: tuple[Server, Server],
    requests: tuple[Sequence[Request], Sequence[Request]],
    runs: int,
) -> Iterator[Comparison]:
    """Measure both servers alternately, after some warm-up requests."""
    sides = [(server.port, each) for server, each in zip(servers, requests, strict=True)]
    for port, each in sides:
        load(port, each[: REQUESTS // 10])
    taken = [tuple(load(port, each) for port, each in sides) for _ in range(runs)]
    rates = [(ours.a_second, theirs.a_second) for ours, theirs in taken]
    yield _beside_moto(f"{name}, requests", "a second", rates)
    yield _beside_moto(
        f"{name}, p99", "ms", [(ours.p99_ms, theirs.p99_ms) for ours, theirs in taken]
    )


def _beside_moto(name: str, unit: str, pairs: Sequence[tuple[float, float]]) -> Comparison:
    ours, theirs = zip(*pairs, strict=True)
    return Comparison(name, unit, MOTO, list(ours), list(theirs))
