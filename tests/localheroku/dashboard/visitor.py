"""A visitor of the page, without a browser."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from tests.localheroku.client import ACCEPT, Api

HEADER = "Dynostack-Session"


async def link(api: Api) -> str:
    """Return the address that opens the page once."""
    async with api.session.post(
        f"{api.url}/_local/page/links", headers={"Authorization": f"Bearer {api.key}"}
    ) as response:
        assert response.status == 201
        return str((await response.json())["url"])


@dataclass
class Visitor:
    """What a browser holds after it followed a link."""

    api: Api
    cookie: str
    header: str

    async def call(
        self, method: str, path: str, body: object = None, **headers: str | None
    ) -> tuple[int, Any]:
        """Return status and JSON; a header that is None is not sent."""
        sent = {"Accept": ACCEPT, "Cookie": self.cookie, HEADER: self.header, **headers}
        async with self.api.session.request(
            method,
            f"{self.api.url}{path}",
            json=body,
            headers={name: value for name, value in sent.items() if value is not None},
        ) as response:
            return response.status, await response.json(content_type=None)


async def entered(api: Api, address: str) -> Visitor | None:
    """Return a visitor with a session; None if the link gives none."""
    async with api.session.get(address, allow_redirects=False) as response:
        assert response.status == 303
        place = urlsplit(response.headers["Location"])
        assert (place.path, place.query) == ("/", "")
        if "Set-Cookie" not in response.headers:
            assert not place.fragment
            return None
        cookies = SimpleCookie(response.headers["Set-Cookie"])
    ((name, cookie),) = cookies.items()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert not cookie["domain"]
    return Visitor(api, f"{name}={cookie.value}", place.fragment.removeprefix("session="))


async def visitor(api: Api) -> Visitor:
    found = await entered(api, await link(api))
    assert found
    return found
