"""Handmade slugs with small programs."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

from localheroku.dynos.manager import AppRuntime, DynoManager, ProcessSpec

APP = "6f0b9d0a-0000-4000-8000-000000000001"

ECHO = """
import json, os, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gate = threading.Event()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        special = getattr(self, self.path.strip("/").replace("-", "_"), None)
        if special:
            special()
            return
        text = json.dumps({
            "method": self.command, "path": self.path, "bytes": len(body),
            "headers": dict(self.headers), "dyno": os.environ["DYNO"],
            "begins": body[:1000].hex(),
        }).encode()
        self.send_response(207)
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = answer

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", "12345")
        self.end_headers()

    def away(self):
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def slowly(self):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"one\\n")
        self.wfile.flush()
        self.gate.wait()
        self.wfile.write(b"two\\n")

    def go_on(self):
        self.gate.set()
        self.send_response(204)
        self.end_headers()

    def never(self):
        time.sleep(600)

    def hang_up(self):
        self.close_connection = True

    def packed(self):
        self.send_response(200)
        self.send_header("Content-Encoding", self.headers["Accept-Encoding"])
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"\\x00noise")

    def garbage(self):
        self.wfile.write(b"no such protocol\\r\\n\\r\\n")
        self.close_connection = True

    def broken_off(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"only this")
        self.close_connection = True

    def log_message(self, *args):
        print("served", self.path, flush=True)

ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Echo).serve_forever()
"""

SOCKETS = """
import os
from aiohttp import web

async def talk(request):
    socket = web.WebSocketResponse(protocols=["chat"])
    await socket.prepare(request)
    async for message in socket:
        if message.data == "leave":
            await socket.close(code=4001)
        elif isinstance(message.data, str):
            await socket.send_str(message.data + " to you")
        else:
            await socket.send_bytes(message.data[::-1])
    return socket

app = web.Application()
app.router.add_get("/", talk)
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
"""


def slug(data: Path) -> Path:
    """Return a slug with the programs above; its environment is the Python that runs the tests."""
    path = data / "slugs" / "made"
    (path / "app").mkdir(parents=True)
    (path / "app" / "echo.py").write_text(ECHO)
    (path / "app" / "sockets.py").write_text(SOCKETS)
    (path / "environment").symlink_to(Path(sys.executable).parent.parent)
    return path


def runtime(
    slug: Path | None, *, env: dict[str, str] | None = None, quantity: int = 1, **commands: str
) -> AppRuntime:
    """Return an app whose process types run these commands."""
    formation = {
        process: ProcessSpec(command, quantity, "Basic") for process, command in commands.items()
    }
    return AppRuntime(APP, "shop", slug, env or {}, formation)


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a condition that processes bring about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.02)


async def until_up(dynos: DynoManager) -> None:
    """Wait for a web dyno that accepts requests."""
    await until(lambda: dynos.web_port(APP) is not None)
