"""An app's host names at Heroku, for sites that answer only to these.

A Django site whose ALLOWED_HOSTS has only `.herokuapp.com` or the app's domains answers 400 to
`shop.localhost`.  Its dynos then get each request under a name that the app has at Heroku, and
clients get each answer under the name that they asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from multidict import CIMultiDict
    from yarl import URL

LOCAL = ".localhost"
DOMAIN = ".herokuapp.com"
HEADER = "X-Heroku-Name"
"""The header of an answer that tells under which name the dyno got the request."""
BAD_REQUEST = 400
PROBE_SECONDS = 10.0
WITH_ADDRESSES = ("Origin", "Referer")
"""Headers of a request with an address of the site."""

_COOKIE_DOMAIN = re.compile(r";\s*Domain=\.?([^;\s]*)", re.IGNORECASE)


@dataclass(frozen=True)
class AppDomains:
    """The domains of an app."""

    app_id: str
    domains: Sequence[str]
    """Without wildcards."""


@dataclass
class HerokuNames:
    """Which sites answer only to their names at Heroku."""

    _names: dict[tuple[str, int], str] = field(default_factory=dict)
    """App and port of a dyno -> the name that it answers to; empty for the name here."""

    def of(self, app_id: str, port: int) -> str:
        """Return the name that a dyno gets; empty if it gets the one that the client used."""
        return self._names.get((app_id, port), "")

    def is_known(self, app_id: str, port: int) -> bool:
        """Return whether a dyno was asked before."""
        return (app_id, port) in self._names

    async def ask(
        self, session: aiohttp.ClientSession, app: AppDomains, host: str, url: URL
    ) -> str:
        """Return the name to use for a dyno that refuses a request for a host.

        Args:
            session: what sends requests.
            app: the app and its domains.
            host: the app's name here, such as shop.localhost.
            url: an address of the dyno.
        """
        found = ""
        if await _status(session, url, host) == BAD_REQUEST:
            for name in (f"{host.removesuffix(LOCAL)}{DOMAIN}", *app.domains):
                if await _status(session, url, name) not in (0, BAD_REQUEST):
                    found = name
                    break
        self._names[app.app_id, url.port or 0] = found
        return found


async def _status(session: aiohttp.ClientSession, url: URL, host: str) -> int:
    """Return the status of the front page under a name; 0 if there is no answer."""
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    limit = aiohttp.ClientTimeout(total=PROBE_SECONDS)
    try:
        async with session.get(
            url.with_path("/").with_query(None),
            headers=headers,
            allow_redirects=False,
            timeout=limit,
        ) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return 0


def name_request(headers: CIMultiDict[str], name: str) -> None:
    """Change the host and the site's own addresses in a request to a name."""
    asked = headers.get("Host", "")
    headers["Host"] = name
    for header in WITH_ADDRESSES:
        if (value := headers.get(header)) and urlsplit(value).netloc == asked:
            headers[header] = value.replace(f"//{asked}", f"//{name}", 1)


def name_answer(headers: CIMultiDict[str], name: str, asked: str) -> None:
    """Change a redirect to a name, and cookies for it, back to the host that was asked for."""
    if (target := headers.get("Location")) and urlsplit(target).netloc == name:
        headers["Location"] = target.replace(f"//{name}", f"//{asked}", 1)
    if cookies := headers.popall("Set-Cookie", None):
        for cookie in cookies:
            headers.add("Set-Cookie", _COOKIE_DOMAIN.sub(partial(_dropped, name), cookie))
    headers[HEADER] = name


def _dropped(name: str, domain: re.Match[str]) -> str:
    """Return "" for the domain of a cookie that a name belongs to, or else the text as it is."""
    return "" if f".{name}".endswith(f".{domain[1].lower()}") else domain[0]
