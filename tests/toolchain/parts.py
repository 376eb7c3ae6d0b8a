"""Helpers of the toolchain's tests: small programs, archives and an HTTP server."""

from __future__ import annotations

import hashlib
import io
import ssl
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from dynostack.toolchain import versions
from dynostack.toolchain.machine import machine
from dynostack.toolchain.release import Release

ARCHIVE = f"pulumi-v{versions.ENGINE_VERSION}-{machine()}.tar.gz"
CHECKSUMS = f"pulumi-{versions.ENGINE_VERSION}-checksums.txt"
FOLDER = f"/v{versions.ENGINE_VERSION}"
NO_PINS = Path(__file__).parent
HOST_PROGRAMS = (versions.LANGUAGE_PLUGIN, f"{versions.LANGUAGE_PLUGIN}-exec")


class Told:
    """A progress display that records the reports."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.shown: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def show(self, text: str) -> None:
        self.shown.append(text)


@dataclass
class Answer:
    """The server's response for a path; `promised` is a Content-Length that is not the real one."""

    body: bytes = b""
    status: int = 200
    promised: int | None = None
    location: str | None = None
    hangs: bool = False


@dataclass
class Loopback:
    """An HTTP server on 127.0.0.1 that publishes releases."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def publish(self, archive: bytes, checksum: str | None = None) -> None:
        line = f"{checksum or hashlib.sha256(archive).hexdigest()}  {ARCHIVE}\n"
        other = f"{'0' * 64}  pulumi-v{versions.ENGINE_VERSION}-plan9-mips.tar.gz\n"
        self.answers[f"{FOLDER}/{CHECKSUMS}"] = Answer((other + line).encode())
        self.answers[f"{FOLDER}/{ARCHIVE}"] = Answer(archive)


def release_at(site: Loopback, **fields: Any) -> Release:
    """Return a release without pins; the site serves the archives as well as Pulumi's digests."""
    return Release(**{"address": site.address, "official": site.address, "pins": NO_PINS, **fields})


@contextmanager
def loopback(certificate: Path | None = None) -> Iterator[Loopback]:
    """Serve on a free port; with a certificate, over https."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests.append(self.path)
            answer = site.answers.get(self.path, Answer(b"Not Found", 404))
            if answer.hangs:
                site.ended.wait()
                return
            self.send_response(answer.status)
            length = len(answer.body) if answer.promised is None else answer.promised
            self.send_header("Content-Length", str(length))
            if answer.location:
                self.send_header("Location", answer.location)
            self.end_headers()
            self.wfile.write(answer.body)

        def do_CONNECT(self) -> None:
            """Record the request that a proxy gets for an https address."""
            site.requests.append(self.path)
            self.send_error(502)

        def log_message(self, *_: object) -> None:
            """Print nothing; the tests use `requests`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site = Loopback(f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield site
    finally:
        site.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def program(path: Path, text: str) -> Path:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def pulumi_that_is(folder: Path, version: str, *, with_host: bool = True) -> Path:
    """Write a `pulumi` that prints `version`, as the official one does."""
    for name in HOST_PROGRAMS if with_host else ():
        program(folder / name, "exit 0")
    return program(folder / "pulumi", f'[ "$1" = version ] && echo v{version}')


def archive_of(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    """Return a release archive with these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            member.mode = 0o755
            archive.addfile(member, io.BytesIO(body))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type = tarfile.SYMTYPE
            member.linkname = target
            archive.addfile(member)
    return buffer.getvalue()


def release_files(version: str = versions.ENGINE_VERSION) -> dict[str, bytes]:
    """Return the members of a small release."""
    script = f"#!/bin/sh\necho v{version}\n".encode()
    hosts = {f"pulumi/{name}": b"#!/bin/sh\n" for name in HOST_PROGRAMS}
    return {"pulumi/pulumi": script, "pulumi/pulumi-language-go": b"#!/bin/sh\n", **hosts}
