"""A small synchronous client of Heroku's Platform API and of the API of its data services.

https://devcenter.heroku.com/articles/platform-api-reference
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from dynostack import network
from dynostack.http_client import client, reason
from dynostack.inventory.keys import api_address, api_key
from dynostack.inventory.pace import Pace

DATA_HOST = "api.data.heroku.com"
ACCEPT = "application/vnd.heroku+json; version=3"
TIMEOUT_SECONDS = 10.0
WAITS_SECONDS = (0.5, 2.0)
"""How long to wait before each retry of a call that Heroku did not answer."""
FIRST_SERVER_ERROR = 500
TOO_MANY = 429
PAGE = "id ..; max=1000"
"""The first page of a list, as long as Heroku allows.

https://devcenter.heroku.com/articles/platform-api-reference#ranges
"""


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
    pace: Pace = field(default_factory=Pace, repr=False, compare=False)
    _http: httpx.Client | None = field(default=None, repr=False, compare=False)
    """The client of all calls; None for a new one at each call."""
    _memory: dict[tuple[str, str], tuple[Any, str]] | None = field(
        default=None, repr=False, compare=False
    )
    """Path and range of each GET -> its response, if each is to be sent only once."""

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> PlatformApi | None:
        """Return the API and key that the provider would use; None without a key."""
        url = api_address(environment)
        key = api_key(url, environment)
        return cls(url, key) if key else None

    def saying(self, say: Callable[[str], None]) -> PlatformApi:
        """Return the same API, which reports when it waits for the rate limit."""
        return replace(self, pace=Pace(say))

    @contextmanager
    def connected(self) -> Iterator[PlatformApi]:
        """Yield the same API with one set of connections for all calls, from any thread.

        Raises:
            ApiError: the environment names a proxy of an unsupported kind.
        """
        try:
            http = client(self.url, timeout=TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            raise ApiError(f"cannot reach {self.url}: {reason(error)}") from None
        with http:
            yield replace(self, _http=http)

    def remembering(self) -> PlatformApi:
        """Return the same API, which sends each GET only once: for one look at Heroku."""
        return replace(self, _memory={})

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
        return self._retried(path, {})[0]

    def _retried(self, path: str, headers: Mapping[str, str]) -> tuple[Any, str]:
        """Return the JSON at a path and the range of the next page; "" if there is none."""
        request = (path, headers.get("Range", PAGE))
        if self._memory is not None and request in self._memory:
            return self._memory[request]
        answer = self._persistent(path, headers)
        if self._memory is not None:
            self._memory[request] = answer
        return answer

    def _persistent(self, path: str, headers: Mapping[str, str]) -> tuple[Any, str]:
        for seconds in WAITS_SECONDS:
            try:
                return self._answered("GET", path, None, headers)
            except ApiRefusal as refusal:
                if refusal.status < FIRST_SERVER_ERROR:
                    raise
            except ApiError:
                pass
            time.sleep(seconds)
        return self._answered("GET", path, None, headers)

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send one request, and return the JSON of its response; None if it has none.

        After an ApiError that is no ApiRefusal, Heroku may or may not have carried out the request.

        Raises:
            ApiRefusal: Heroku answers with an error.
            ApiError: Heroku cannot be reached, or the response is not JSON.
        """
        return self._answered(method, path, body, {})[0]

    def _answered(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[Any, str]:
        """Return the JSON of a response and the range of the next page; "" if there is none.

        Wait and repeat the request when the rate limit is reached: Heroku has not carried it out.
        """
        address = f"{self.url}{path}"
        own_headers = {"Accept": ACCEPT, "Authorization": f"Bearer {self.key}", "Range": PAGE}
        headers = {**own_headers, **headers}
        own = client(self.url, timeout=TIMEOUT_SECONDS) if self._http is None else None
        try:
            with own or nullcontext(self._http) as http:
                assert http is not None  # noqa: S101 - one of the two exists
                while True:
                    self.pace.wait()
                    answer = http.request(method, address, json=body, headers=headers)
                    if answer.status_code != TOO_MANY or not self.pace.refused(answer.headers):
                        break
            if not answer.is_success:
                raise _refusal(answer)
            self.pace.accepted(answer.headers)
            found = answer.json() if answer.content else None
            return found, answer.headers.get("Next-Range", "")
        except httpx.HTTPError as error:
            raise ApiError(f"cannot reach {address}: {reason(error)}") from None
        except (httpx.InvalidURL, ValueError):
            raise ApiError(f"the response from {address} is not from Heroku's API") from None

    def listing(self, path: str, **headers: str) -> list[Mapping[str, Any]]:
        """Return the list of objects at a path, with all its pages.

        Args:
            path: the path of the list.
            headers: additional headers, with underscores for dashes.  With a `Range` of its own,
                the list has only that page.

        Raises:
            ApiRefusal: Heroku answers with an error.
            ApiError: Heroku cannot be reached, or the response is not a list of objects.
        """
        listed: list[Mapping[str, Any]] = []
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        page = sent.get("Range", PAGE)
        while page:
            found, following = self._retried(path, {**sent, "Range": page})
            if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
                raise ApiError(f"the response from {self.url}{path} is not from Heroku's API")
            listed += found
            page = "" if "Range" in sent else following
        return listed


def _refusal(answer: httpx.Response) -> ApiRefusal:
    try:
        body = answer.json()
    except ValueError:
        body = None
    body = body if isinstance(body, dict) else {}
    message = str(body.get("message") or answer.reason_phrase)
    return ApiRefusal(answer.status_code, str(body.get("id", "")), message)
