"""A server on 127.0.0.1 that behaves like the comment APIs of GitHub and GitLab."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"
BOT = "github-actions[bot]"
PAGE = 100
METHODS = ("GET", "POST", "PATCH", "PUT")
WHO_ASKS = ("/graphql", "/user")


@dataclass
class Fault:
    """An answer in place of the real one; `done` if the request is handled anyway."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    done: bool = False
    drops: bool = False
    """Whether the connection ends without any answer."""


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class Answered:
    """An answer."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Service:
    """The parts that both services share; `entries` are the stored comments."""

    limit: ClassVar[int]
    place: ClassVar[str]
    """The path of the request's comments."""

    address: str = ""
    entries: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    """Pairs of a method and the fault that its next request about comments gets."""
    links_to: str = ""
    """The address that links to next pages use, if not this server's."""

    def fails(self, method: str, *faults: Fault) -> None:
        self.faults += [(method, fault) for fault in faults]

    def fault(self, asked: Asked) -> Fault | None:
        if asked.path in WHO_ASKS:
            return None
        found = next((each for each in self.faults if each[0] == asked.method), None)
        if found:
            self.faults.remove(found)
        return found[1] if found else None

    def methods(self) -> list[str]:
        return [each.method for each in self.asked]

    @property
    def bodies(self) -> list[str]:
        return [str(entry["body"]) for entry in self.entries]

    def answer(self, asked: Asked) -> Answered:
        if not self.knows(asked.headers):
            return Answered(401, {"message": "Bad credentials"})
        parts = urlsplit(asked.path)
        if asked.method == "GET" and parts.path == self.place:
            return self.page(parse_qs(parts.query))
        if asked.method == "POST" and parts.path == self.place:
            return self.stored(asked.body["body"], lambda body: self.added(body))
        if (entry := self.entry(asked.method, parts.path)) is not None:
            return self.stored(asked.body["body"], lambda body: self.edited(entry, body))
        return self.other(parts.path) or Answered(404, {"message": "Not Found"})

    def knows(self, headers: Mapping[str, str]) -> bool:
        raise NotImplementedError

    def entry(self, method: str, path: str) -> dict[str, Any] | None:
        raise NotImplementedError

    def other(self, path: str) -> Answered | None:
        raise NotImplementedError

    def made(self, number: int, body: str, author: str) -> dict[str, Any]:
        raise NotImplementedError

    def too_long(self) -> Answered:
        raise NotImplementedError

    def write(self, body: str, author: str) -> dict[str, Any]:
        entry = self.made(1001 + len(self.entries), body, author)
        self.entries.append(entry)
        return entry

    def added(self, body: str) -> Answered:
        return Answered(201, self.write(body, BOT))

    def edited(self, entry: dict[str, Any], body: str) -> Answered:
        entry["body"] = body
        return Answered(200, entry)

    def stored(self, body: str, write: Callable[[str], Answered]) -> Answered:
        return self.too_long() if len(body) > self.limit else write(body)

    def page(self, query: Mapping[str, list[str]]) -> Answered:
        number, size = int(query.get("page", ["1"])[0]), int(query.get("per_page", ["30"])[0])
        size = min(size, PAGE)
        shown = self.entries[(number - 1) * size : number * size]
        links = []
        here = f"{self.links_to or self.address}{self.place}?per_page={size}"
        if number > 1:
            links.append(f'<{here}&page={number - 1}>; rel="prev"')
        if number * size < len(self.entries):
            links.append(f'<{here}&page={number + 1}>; rel="next"')
            links.append(f'<{here}&page={-(-len(self.entries) // size)}>; rel="last"')
        return Answered(200, shown, {"Link": ", ".join(links)} if links else {})


@dataclass
class GitHubService(Service):
    limit = 65_536
    place = "/repos/acme/shop/issues/7/comments"

    def knows(self, headers: Mapping[str, str]) -> bool:
        return headers.get("Authorization") == f"Bearer {TOKEN}"

    def entry(self, method: str, path: str) -> dict[str, Any] | None:
        found = re.fullmatch(r"/repos/acme/shop/issues/comments/(\d+)", path)
        if method != "PATCH" or not found:
            return None
        return next((each for each in self.entries if each["id"] == int(found[1])), None)

    def other(self, path: str) -> Answered | None:
        if path in ("/graphql", "/api/graphql"):
            return Answered(200, {"data": {"viewer": {"login": BOT}}})
        if path == "/user":
            return Answered(403, {"message": "Resource not accessible by integration"})
        return None

    def made(self, number: int, body: str, author: str) -> dict[str, Any]:
        address = f"https://github.com/acme/shop/pull/7#issuecomment-{number}"
        return {"id": number, "body": body, "user": {"login": author}, "html_url": address}

    def too_long(self) -> Answered:
        said = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
        said["message"] = "Body is too long (maximum is 65536 characters)"
        return Answered(422, {"message": "Validation Failed", "errors": [said]})


@dataclass
class GitLabService(Service):
    limit = 1_000_000
    place = "/projects/acme%2Fteam%2Fshop/merge_requests/7/notes"

    def knows(self, headers: Mapping[str, str]) -> bool:
        return headers.get("Private-Token", headers.get("PRIVATE-TOKEN")) == TOKEN

    def entry(self, method: str, path: str) -> dict[str, Any] | None:
        found = re.fullmatch(rf"{re.escape(self.place)}/(\d+)", path)
        if method != "PUT" or not found:
            return None
        return next((each for each in self.entries if each["id"] == int(found[1])), None)

    def other(self, path: str) -> Answered | None:
        return Answered(200, {"id": 5, "username": BOT}) if path == "/user" else None

    def made(self, number: int, body: str, author: str) -> dict[str, Any]:
        person = {"id": 5, "username": author}
        return {"id": number, "body": body, "author": person, "system": False}

    def too_long(self) -> Answered:
        return Answered(400, {"message": {"note": ["is too long (maximum is 1000000 characters)"]}})


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """Run the service on its own port."""

    class Handler(BaseHTTPRequestHandler):
        def work(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            asked = Asked(self.command, self.path, dict(self.headers.items()), body)
            service.asked.append(asked)
            fault = service.fault(asked)
            answered = service.answer(asked) if fault is None or fault.done else None
            if fault and fault.drops:
                self.close_connection = True
            elif fault:
                self.send(Answered(fault.status, fault.body, fault.headers))
            elif answered:
                self.send(answered)

        def send(self, answered: Answered) -> None:
            content = (
                answered.body.encode()
                if isinstance(answered.body, str)
                else json.dumps(answered.body).encode()
            )
            self.send_response(answered.status)
            for name, value in answered.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    for method in METHODS:
        setattr(Handler, f"do_{method}", Handler.work)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def project_of(service: Service) -> str:
    """Return the value of --repo."""
    named = re.match(r"/(?:repos/(.+)/issues|projects/(.+)/merge_requests)/7/", service.place)
    assert named
    return unquote(named[1] or named[2])
