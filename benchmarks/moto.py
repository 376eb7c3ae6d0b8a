"""`moto_server`, a well-known mock of another cloud's API, for comparison."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.load import Request
from benchmarks.server import Server, running
from localheroku.core.cache import Cache, cache_directory
from tests.ports import free_port

PINS = Path(__file__).with_name("requirements.txt")
HEADERS = {
    "Authorization": (
        "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/ssm/aws4_request,"
        " SignedHeaders=host, Signature=unchecked"
    ),
    "Content-Type": "application/x-amz-json-1.1",
}


@contextmanager
def serving() -> Iterator[Server]:
    """Run a `moto_server` without data during the block."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "--port", str(port)]
    look = Request("GET", "/moto-api/data.json", {})
    with running(command, port, look, PYTHONPATH=str(_packages())) as server:
        yield server


def _packages() -> Path:
    """Return the folder of its packages, installed once for these pins."""
    pins = hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]
    return Cache(cache_directory()).made(f"moto-{pins}", _install, print)


def _install(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, "--require-hashes", "-r", PINS, "--target", folder], check=True)


def get(name: str) -> Request:
    """Return a request for one named thing, like `GET /apps/NAME`."""
    return _call("GetParameter", {"Name": name})


def put(name: str, value: str) -> Request:
    """Return a change of a setting with a history, like `PATCH /apps/NAME/config-vars`."""
    fields = {"Name": name, "Value": value, "Type": "String", "Overwrite": True}
    return _call("PutParameter", fields)


def _call(action: str, fields: dict[str, Any]) -> Request:
    headers = {**HEADERS, "X-Amz-Target": f"AmazonSSM.{action}"}
    return Request("POST", "/", headers, json.dumps(fields).encode())
