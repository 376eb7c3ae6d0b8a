"""A stand-in for the real Heroku, with a price for every plan."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CENTS = 1500
FORWARDED = ("Accept", "Authorization", "Range")


@contextmanager
def prices(port: int) -> Iterator[str]:
    """Yield the address of a server that answers like a local Heroku, with prices.

    Args:
        port: the port of the local Heroku.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name: self.headers[name] for name in FORWARDED if name in self.headers}
            connection = http.client.HTTPConnection("127.0.0.1", port)
            try:
                connection.request("GET", self.path, headers=headers)
                answer = connection.getresponse()
                self._send(answer.status, json.load(answer))
            finally:
                connection.close()

        def _send(self, status: int, body: object) -> None:
            content = json.dumps(_priced(body) if self.path.endswith("/plans") else body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _priced(plans: object) -> object:
    if not isinstance(plans, list):
        return plans
    return [{**each, "price": {**each["price"], **_price(each["price"])}} for each in plans]


def _price(price: dict[str, object]) -> dict[str, object]:
    return {"cents": price["cents"] or CENTS, "unit": "month", "contract": False}
