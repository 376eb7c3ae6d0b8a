"""Pulumi backends other than a folder: a bucket and a table, both on this machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks import moto
from localheroku.addons.postgres.cluster import ADMIN
from localheroku.addons.postgres.server import PostgresServer

BUCKET = "pulumi-state"


@contextmanager
def bucket() -> Iterator[dict[str, str]]:
    """Yield the variables of a backend in a bucket of `moto_server`."""
    with moto.serving() as server:
        address = f"127.0.0.1:{server.port}"
        signed = {"Authorization": moto.HEADERS["Authorization"].replace("/ssm/", "/s3/")}
        httpx.put(f"http://{address}/{BUCKET}", headers=signed).raise_for_status()
        options = f"endpoint=http://{address}&s3ForcePathStyle=true&region=us-east-1"
        yield {
            "PULUMI_BACKEND_URL": f"s3://{BUCKET}?{options}",
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
        }


@contextmanager
def table(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the variables of a backend in a table of a PostgreSQL server in a folder."""
    server = PostgresServer(folder, "18")
    asyncio.run(server.ready())
    try:
        settings = json.loads((folder / "server.json").read_text())
        login = f"{ADMIN}:{settings['password']}@127.0.0.1:{settings['port']}"
        yield {"PULUMI_BACKEND_URL": f"postgres://{login}/{ADMIN}?sslmode=disable"}
    finally:
        asyncio.run(server.stop())
