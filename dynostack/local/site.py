"""A visit to the front page of an app's site, as the first visitor makes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import httpx

from dynostack.local.server import ServerProcess
from localheroku.router.heroku_name import HEADER

VISIT_SECONDS = 60.0
MOST_REDIRECTS = 10
CHUNK_BYTES, MOST_BYTES = 65_536, 10_000_000

ROUTER = "heroku[router]: "
_ERROR_CODE = re.compile(r' code=(H\d+) desc="([^"]*)"')


@dataclass(frozen=True)
class Visit:
    """The response to a request for the front page, after redirects within the site.

    https://devcenter.heroku.com/articles/error-codes
    """

    address: str
    """Where the site answers: the address with https if the site redirects to it."""
    status: int
    """The HTTP status; 0 if there was no response."""
    heroku_name: str
    """The name under which the site gets requests if that is not its local one, or ""."""

    @property
    def failed(self) -> bool:
        """Whether the site does not work: it fails, refuses its own name, or does not answer."""
        return self.status in (0, HTTPStatus.BAD_REQUEST) or self.status >= HTTPStatus(500)

    @property
    def answer(self) -> str:
        """The response in words, such as `answers 500 Internal Server Error`."""
        if not self.status:
            return "does not answer"
        known = self.status in set(HTTPStatus)
        return f"answers {self.status} {HTTPStatus(self.status).phrase if known else ''}".rstrip()


def visit(server: ServerProcess, app: str) -> Visit | None:
    """Request the front page of an app's site; return None if no site should answer.

    Args:
        server: the local Heroku.
        app: the app's name.

    Raises:
        LocalError: the local Heroku does not answer.
    """
    formation = server.get(f"/apps/{app}/formation")
    runs = any(process["type"] == "web" and process["quantity"] for process in formation)
    is_open = runs and not server.get(f"/apps/{app}")["maintenance"]
    return _visited(server, app) if is_open else None


def error_code(lines: list[str]) -> str:
    """Return Heroku's code and words for the last request in a log, or "" if it got a response."""
    requests = [line for line in lines if ROUTER in line]
    found = _ERROR_CODE.search(requests[-1]) if requests else None
    return f"{found[1]}, {found[2]}" if found else ""


def _visited(server: ServerProcess, app: str) -> Visit:
    site = urlsplit(server.workspace.heroku.site(app))
    address, status, name = site, 0, ""
    with httpx.Client(verify=server.tls_context(), timeout=VISIT_SECONDS, trust_env=False) as http:
        for _ in range(MOST_REDIRECTS):
            # Not every system finds a name below localhost.
            here = address._replace(netloc=f"127.0.0.1:{site.port}").geturl()
            try:
                with http.stream("GET", here, headers={"Host": site.netloc}) as response:
                    status, headers = response.status_code, response.headers
                    _read(response)
            except httpx.HTTPError:
                status = 0
                break
            name = headers.get(HEADER, name)
            target = urlsplit(urljoin(address.geturl(), headers.get("Location", "")))
            if not response.has_redirect_location or target.netloc != site.netloc:
                break
            address = target
    return Visit(site._replace(scheme=address.scheme).geturl(), status, name)


def _read(response: httpx.Response) -> None:
    """Read a response, so that the router does not report that its client left."""
    for _ in response.iter_raw(CHUNK_BYTES):
        if response.num_bytes_downloaded > MOST_BYTES:
            break
