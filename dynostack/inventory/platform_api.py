"""A small synchronous client of Heroku's Platform API and of the API of its data services.

https://devcenter.heroku.com/articles/platform-api-reference
"""

from __future__ import annotations

import netrc
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from dynostack import network
from dynostack.http_client import client, reason

HEROKU = "https://api.heroku.com"
DATA_HOST = "api.data.heroku.com"
ACCEPT = "application/vnd.heroku+json; version=3"
TIMEOUT_SECONDS = 10.0
WAITS_SECONDS = (0.5, 2.0)
"""How long to wait before each retry of a call that Heroku did not answer."""
FIRST_SERVER_ERROR = 500
PAGE = "id ..; max=1000"


class ApiError(Exception):
    """The API cannot be reached, or the response is not from Heroku."""


class ApiRefusal(ApiError):
    """Heroku answered with an error."""

    def __init__(self, status: int, identity: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.id = identity


@dataclass(frozen=True)
class PlatformApi:
    """The API at one address, with one key."""

    url: str
    key: str = field(repr=False)

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> PlatformApi | None:
        """Return the API and key that the provider would use; None without a key."""
        url = environment.get("HEROKU_API_URL", HEROKU).rstrip("/")
        key = environment.get("HEROKU_API_KEY") or _netrc_key(url, environment)
        return cls(url, key) if key else None

    @property
    def data(self) -> PlatformApi:
        """The API of Heroku's data services, which takes the same key.

        A Heroku on this machine serves both APIs at one address. For the real one, HEROKU_DATA_HOST
        names another host, as for the Heroku CLI.
        https://github.com/heroku/cli/blob/main/src/lib/pg/host.ts
        """
        if self.is_local:
            return self
        return PlatformApi(f"https://{os.environ.get('HEROKU_DATA_HOST') or DATA_HOST}", self.key)

    @property
    def is_local(self) -> bool:
        """Return whether the API is on this machine."""
        return network.is_local(self.url)

    def get(self, path: str) -> Any:
        """Return the JSON at a path; retry after an error of the network or of Heroku's servers.

        Raises:
            ApiRefusal: Heroku answers with an error.
            ApiError: Heroku cannot be reached, or the response is not JSON.
        """
        for seconds in WAITS_SECONDS:
            try:
                return self._get(path)
            except ApiRefusal as refusal:
                if refusal.status < FIRST_SERVER_ERROR:
                    raise
            except ApiError:
                pass
            time.sleep(seconds)
        return self._get(path)

    def _get(self, path: str) -> Any:
        return self.send("GET", path)

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send one request, and return the JSON of its response; None if it has none.

        After an ApiError that is no ApiRefusal, Heroku may or may not have carried out the request.

        Raises:
            ApiRefusal: Heroku answers with an error.
            ApiError: Heroku cannot be reached, or the response is not JSON.
        """
        address = f"{self.url}{path}"
        headers = {"Accept": ACCEPT, "Authorization": f"Bearer {self.key}", "Range": PAGE}
        try:
            with client(self.url, headers, timeout=TIMEOUT_SECONDS) as http:
                answer = http.request(method, address, json=body)
            if not answer.is_success:
                raise _refusal(answer)
            return answer.json() if answer.content else None
        except httpx.HTTPError as error:
            raise ApiError(f"cannot reach {address}: {reason(error)}") from None
        except (httpx.InvalidURL, ValueError):
            raise ApiError(f"the response from {address} is not from Heroku's API") from None

    def listing(self, path: str) -> list[Mapping[str, Any]]:
        """Return the list of objects at a path.

        Raises:
            ApiRefusal: Heroku answers with an error.
            ApiError: Heroku cannot be reached, or the response is not a list of objects.
        """
        found = self.get(path)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise ApiError(f"the response from {self.url}{path} is not from Heroku's API")
        return found


def _refusal(answer: httpx.Response) -> ApiRefusal:
    try:
        body = answer.json()
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    message = str(body.get("message") or answer.reason_phrase)
    return ApiRefusal(answer.status_code, str(body.get("id", "")), message)


def _netrc_key(url: str, environment: Mapping[str, str]) -> str:
    """Return the key that `heroku login` stored; empty if the file cannot be read.

    The provider reports an unreadable file.
    """
    directory = environment.get("NETRC") or "~"
    path = Path(environment.get("NETRC_PATH") or Path(directory) / ".netrc").expanduser()
    try:
        entry = netrc.netrc(path).authenticators(urlsplit(url).netloc)
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError):
        return ""
    return str(entry[2]) if entry else ""
