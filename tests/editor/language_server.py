"""A client of the YAML language server that editors use.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import IO, Any

from tests import node

SETTINGS = {
    "validate": True,
    "completion": True,
    "hover": True,
    "schemaStore": {"enable": False},
}
"""The settings of an editor's user, without the schema store, which needs the network."""


def installed() -> Path:
    """Return the server's program."""
    modules = node.modules("yaml-language-server", Path(__file__).parent)
    return modules / "yaml-language-server/bin/yaml-language-server"


@dataclass
class LanguageServer:
    """A running server, and the files that are open in it."""

    folder: Path
    process: subprocess.Popen[bytes]
    diagnosed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """File -> what the server found in its newest text."""
    numbers: count[int] = field(default_factory=lambda: count(1))

    @classmethod
    def start(cls, folder: Path) -> LanguageServer:
        process = subprocess.Popen(
            [node.program(), installed(), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        server = cls(folder, process)
        server.request("initialize", _initialize(folder))
        server.notify("initialized", {})
        server.notify("workspace/didChangeConfiguration", {"settings": {"yaml": SETTINGS}})
        return server

    def stop(self) -> None:
        self.request("shutdown", None)
        self.notify("exit", None)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()
        self.process.wait(30)

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a file with this text, and wait for what the server finds in it."""
        uri = self.uri(name)
        self.diagnosed.pop(uri, None)
        document = {"uri": uri, "languageId": "yaml", "version": next(self.numbers), "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        while uri not in self.diagnosed:
            self._take(self._receive())
        return self.diagnosed[uri]

    def at(self, method: str, name: str, line: int, column: int) -> Any:
        """Ask about a position in an open file; line and column count from 0."""
        place = {"line": line, "character": column}
        return self.request(method, {"textDocument": {"uri": self.uri(name)}, "position": place})

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def request(self, method: str, params: Any) -> Any:
        number = next(self.numbers)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._take(message)

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _take(self, message: Mapping[str, Any]) -> None:
        """Process the server's notifications and requests."""
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnosed[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            asked = [item.get("section") for item in message["params"]["items"]]
            result = [SETTINGS if section == "yaml" else {} for section in asked]
            self._send({"id": message["id"], "result": result})
        elif "id" in message and "method" in message:
            self._send({"id": message["id"], "result": None})

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        pipe = _pipe(self.process.stdin)
        pipe.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        pipe.flush()

    def _receive(self) -> dict[str, Any]:
        pipe, length = _pipe(self.process.stdout), 0
        while (line := pipe.readline().strip()) or not length:
            assert line or self.process.poll() is None, "the language server ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(pipe.read(length))
        return message


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe
    return pipe


def _initialize(folder: Path) -> dict[str, Any]:
    """Send the editor's capabilities: plain completions, hover as text."""
    return {
        "processId": None,
        "rootUri": folder.as_uri(),
        "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
        "capabilities": {
            "textDocument": {
                "completion": {"completionItem": {"documentationFormat": ["plaintext"]}},
                "hover": {"contentFormat": ["markdown"]},
                "publishDiagnostics": {},
            },
            "workspace": {"configuration": True},
        },
    }
