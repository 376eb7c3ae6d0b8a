"""A proxy in front of the local Heroku that strikes at one call, such as by killing a process."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

HOP = ("connection", "keep-alive", "transfer-encoding", "content-length")


class Proxy:
    """Forwards calls; at the armed call it calls `strike`, and the caller gets no response."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._count = 0
        self.call, self.kind = 0, "before"
        self.strike: Callable[[], None] = lambda: None
        self.struck = threading.Event()
        self.lines: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Log nothing."""

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _pass(self) -> None:
                proxy.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def arm(self, kind: str, call: int, strike: Callable[[], None]) -> None:
        """Strike at the call with this number, where the next call is number 1.

        Args:
            kind: when to strike. `before`: Heroku does not get the call; `after`: Heroku has
                responded; `late`: Heroku gets the call one second after the strike; `pause`: Heroku
                gets the call after the strike, and the caller gets the response.
            call: the number of the call.
            strike: the function to call.
        """
        self.kind, self.call, self.strike = kind, call, strike
        self._count = 0
        self.lines.clear()
        self.struck.clear()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Forward one call, or strike."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        with self._lock:
            self._count += 1
            strikes = self._count == self.call
            self.lines.append(f"{request.command} {request.path}")
        if (self.struck.is_set() and self.kind != "pause") or (strikes and self.kind == "before"):
            if strikes:
                self._strike()
            request.close_connection = True
            return
        if strikes and self.kind == "pause":
            self._strike()
            strikes = False
        if strikes and self.kind == "late":
            self._strike()
            threading.Event().wait(1.0)
        status, headers, text = self._asked(request, body)
        if strikes:
            if self.kind == "after":
                self._strike()
            request.close_connection = True
            return
        request.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP:
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    def _strike(self) -> None:
        self.struck.set()
        self.strike()

    def _asked(
        self, request: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP}
        connection.request(request.command, request.path, body or None, headers)
        response = connection.getresponse()
        answer = response.status, response.getheaders(), response.read()
        connection.close()
        return answer
