"""A client of Heroku's Platform API, version 3.

https://devcenter.heroku.com/articles/platform-api-reference
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from dynostack import network
from dynostack.provider import responses
from dynostack.provider.answers import REMOVED
from dynostack.provider.errors import (
    HerokuError,
    ProviderError,
    StoppedError,
    UnreachableError,
    UnusableError,
)
from dynostack.provider.expected import each

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from typing import IO

    import aiohttp

    from dynostack.provider.expected import Expected
    from dynostack.provider.privacy import Discretion
    from dynostack.provider.settings import Settings

ACCEPT = "application/vnd.heroku+json; version=3"
_PAGE = 1000
_PARTIAL = 206
_RATE_LIMITED = 429
_REQUEST_SECONDS = 120
_PIECE_BYTES = 1 << 18
# The upload's address is signed without a Content-Type; a request with one is refused.
_PLAIN = ("Content-Type",)


@dataclass(frozen=True)
class Backoff:
    """How long to wait before a request is retried, in seconds.

    An account that has used up its 4,500 requests an hour regains about 75 a minute.
    https://devcenter.heroku.com/articles/platform-api-reference#rate-limits
    """

    first: float = 2
    most: float = 60
    limited_tries: int = 30
    broken_tries: int = 4
    longest: float = 3600
    """The limit for one request, however long Heroku asks to wait: after an hour an account has
    regained all of its requests."""

    def seconds(self, attempt: int) -> float:
        """Return the wait before a retry: doubled each time, and varied randomly by a quarter.

        The variation keeps many clients from retrying at the same time.
        """
        return min(self.most, self.first * 2.0**attempt) * random.uniform(0.75, 1.25)  # noqa: S311


@dataclass(frozen=True)
class Answer:
    """A response: the decoded JSON, and the range of a list's next page."""

    body: Any
    next_range: str | None


class Api:
    """Sends requests; the response to a GET is cached until the next write."""

    def __init__(
        self,
        settings: Settings,
        discretion: Discretion,
        pause: Callable[[float], Awaitable[None]],
        backoff: Backoff,
        say: Callable[[str], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._discretion = discretion
        self._pause = pause
        self._backoff = backoff
        self._say = say
        self._client: aiohttp.ClientSession | None = None
        self._answers: dict[tuple[str, str, Expected], asyncio.Future[Answer]] = {}

    async def get(self, path: str, expected: Expected, *, fresh: bool = False) -> Any:
        """Return the object at a path; ``fresh`` ignores the cache."""
        return (await self._read(path, "", expected, fresh=fresh)).body

    async def listing(self, path: str, item: Expected, span: str = f"id ..; max={_PAGE}") -> Any:
        """Return all objects of a list, from all of its pages."""
        items: list[Any] = []
        asked = {""}
        following = span
        while following not in asked:
            answer = await self._read(path, following, each(item))
            items += answer.body
            asked.add(following)
            following = answer.next_range or ""
        if following:
            raise ProviderError(
                f"cannot read Heroku's list GET {path}: its pages form a loop; try again later"
            )
        return items

    async def newest(self, path: str, item: Expected, order: str) -> Any | None:
        """Return the last object of a list in an order, without the cache; None if it is empty."""
        span = f"{order} ..; max=1,order=desc"
        items = (await self._read(path, span, each(item), fresh=True)).body
        return items[0] if items else None

    async def post(self, path: str, body: Any, expected: Expected) -> Any:
        """Create something and return the response."""
        return await self._write("POST", path, body, expected)

    async def patch(self, path: str, body: Any, expected: Expected) -> Any:
        """Change something and return the response."""
        return await self._write("PATCH", path, body, expected)

    async def put(self, path: str, body: Any, expected: Expected) -> Any:
        """Replace something and return the response."""
        return await self._write("PUT", path, body, expected)

    async def delete(self, path: str) -> None:
        """Remove something that may have been removed already."""
        try:
            await self._write("DELETE", path, None, REMOVED)
        except HerokuError as error:
            if not error.removed:
                raise

    async def upload(self, url: str, content: IO[bytes]) -> None:
        """Upload a file to an address that Heroku returned, without the login."""
        client = await self.client()
        size = {"Content-Length": str(content.seek(0, os.SEEK_END))}
        content.seek(0)
        with self._reachable("to upload the source"):
            put = client.put(
                url,
                data=_pieces(content),
                headers=size,
                skip_auto_headers=_PLAIN,
                proxy=network.proxy(url),
                timeout=_endless(),
            )
            async with put as answer:
                if not answer.ok:
                    reason = f"the upload's address answered {answer.status}"
                    raise ProviderError(f"cannot upload the source: {reason}")

    async def lines(self, url: str) -> AsyncIterator[str]:
        """Yield lines of text from an address that Heroku returned, as they come."""
        client = await self.client()
        with self._reachable("for the output"):
            async with client.get(url, timeout=_endless(), proxy=network.proxy(url)) as answer:
                if not answer.ok:
                    reason = f"Heroku answered {answer.status} to the request for the output"
                    raise UnreachableError(reason, sent=True)
                async for line in responses.lines(answer.content):
                    # Heroku keeps a silent stream open with null bytes.
                    yield line.replace(b"\0", b"").decode(errors="replace").rstrip("\r\n")

    async def client(self) -> aiohttp.ClientSession:
        """Return the HTTP client, creating it at the first request: a preview may need none."""
        if self._client is None:
            import aiohttp

            self._client = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_REQUEST_SECONDS),
                headers={"User-Agent": "dynostack-provider"},
            )
        return self._client

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _read(
        self, path: str, span: str, expected: Expected, *, fresh: bool = False
    ) -> Answer:
        if fresh:
            return await self._send("GET", path, None, span, expected)
        key = (path, span, expected)
        if key not in self._answers:
            asking = self._send("GET", path, None, span, expected)
            self._answers[key] = asyncio.ensure_future(asking)
        try:
            return await asyncio.shield(self._answers[key])
        except HerokuError as error:
            if not error.gone:
                self._answers.pop(key, None)
            raise
        except ProviderError:
            self._answers.pop(key, None)
            raise

    async def _write(self, method: str, path: str, body: Any, expected: Expected) -> Any:
        # Clear the cache before, so that nobody waits for a read that may miss the change, and
        # after, so that nobody uses a read that was sent meanwhile.
        self._answers = {}
        try:
            return (await self._send(method, path, body, "", expected)).body
        finally:
            self._answers = {}

    async def _send(
        self, method: str, path: str, body: Any, span: str, expected: Expected
    ) -> Answer:
        """Send a request, and retry it until there is a usable response.

        A request whose response is lost is retried unless it is a POST.  The other methods set or
        remove something by its name, so that a second request has the same effect as the first;
        that includes each PATCH of the provider, as none is relative to the old value.
        """
        limited = broken = 0
        waited = 0.0
        while True:
            try:
                return await self._send_once(method, path, body, span, expected)
            except _LimitedError as error:
                limited += 1
                if limited >= self._backoff.limited_tries:
                    raise error.refusal from None
                wait = error.seconds or self._backoff.seconds(limited - 1)
                waited += wait
                if waited > self._backoff.longest:
                    raise ProviderError(
                        f"{error.refusal}; Heroku asks to wait {_lasting(wait)}, but a request"
                        f" waits at most {_lasting(self._backoff.longest)}; try again later"
                    ) from None
                await self._say(
                    f"Heroku's rate limit is reached: waiting {_lasting(wait)} before"
                    f" retrying {method} {path}"
                )
            except _BrokenError as error:
                broken += 1
                made = method == "POST" and error.refusal.leaves_open
                if made or broken >= self._backoff.broken_tries:
                    raise error.refusal from None
                wait = self._backoff.seconds(broken - 1)
            await self._pause(wait)

    async def _send_once(
        self, method: str, path: str, body: Any, span: str, expected: Expected
    ) -> Answer:
        request = f"{method} {path}"
        client = await self.client()
        url = f"{self._settings.url}{path}"
        try:
            with self._reachable(f"for {request}"):
                async with client.request(
                    method,
                    url,
                    proxy=network.proxy(url),
                    headers=self._headers(span, body),
                    data=None if body is None else json.dumps(body).encode(),
                    # A redirect must not choose who gets the login and the body.
                    allow_redirects=False,
                ) as response:
                    content = await response.read()
        except UnreachableError as error:
            raise _BrokenError(error) from None
        if response.status >= 400:
            raise self._refused(response.status, response.headers, content, request)
        try:
            value = responses.usable(request, response.status, content, expected)
        except UnusableError as error:
            raise _BrokenError(error) from None
        partial = response.status == _PARTIAL
        return Answer(value, response.headers.get("Next-Range") if partial else None)

    @contextmanager
    def _reachable(self, what: str) -> Iterator[None]:
        import aiohttp

        try:
            yield
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = self._discretion.hide(responses.cause(error))
            message = f"cannot reach Heroku {what}: {reason}"
            sent = not isinstance(error, aiohttp.ClientConnectorError)
            raise UnreachableError(message, sent=sent) from None

    def _headers(self, span: str, body: Any) -> dict[str, str]:
        headers = {"Accept": ACCEPT, **self._settings.headers}
        if self._settings.email or self._settings.api_key:
            login = f"{self._settings.email}:{self._settings.api_key}"
            headers["Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
        if span:
            headers["Range"] = span
        if body is not None:
            headers["Content-Type"] = "application/json"
        return headers

    def _refused(
        self, status: int, headers: Mapping[str, str], content: bytes, request: str
    ) -> Exception:
        error_id, message = responses.reason(content)
        refusal = HerokuError(status, error_id, self._discretion.hide(message), request)
        if status == _RATE_LIMITED:
            return _LimitedError(refusal, _retry_after(headers))
        return _BrokenError(refusal) if status >= 500 else refusal


def _endless() -> aiohttp.ClientTimeout:
    """Return an unlimited timeout: a build may be silent for long, and a source may be large."""
    import aiohttp

    return aiohttp.ClientTimeout(total=None)


class _LimitedError(Exception):
    """Too many requests; ``seconds`` is how long Heroku asks to wait, or 0."""

    def __init__(self, refusal: HerokuError, seconds: float) -> None:
        super().__init__()
        self.refusal = refusal
        self.seconds = seconds


class _BrokenError(Exception):
    """The network or Heroku's servers failed; a retry may help."""

    def __init__(self, refusal: ProviderError) -> None:
        super().__init__()
        self.refusal = refusal


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that Heroku asks to wait; 0 if it does not say.

    https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
    """
    value = headers.get("Retry-After", "")
    if value.replace(".", "", 1).isdecimal():
        return float(value)
    try:
        then = parsedate_to_datetime(value)
        return max(0, then.timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0


def _lasting(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


async def _pieces(content: IO[bytes]) -> AsyncIterator[bytes]:
    """Yield a file's content while it is sent.

    aiohttp's own thread would read on after the request has been canceled.
    """
    while piece := content.read(_PIECE_BYTES):
        yield piece


async def stoppable_pause(seconds: float, stopping: asyncio.Event) -> None:
    """Wait for some seconds.

    Raises:
        StoppedError: the engine wants to stop.
    """
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
    raise StoppedError("stopped while waiting for Heroku")
