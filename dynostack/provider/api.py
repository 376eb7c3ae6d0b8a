"""Heroku's Platform API, version 3, as a client.

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
from urllib.parse import urlsplit

from dynostack.provider.errors import HerokuError, ProviderError, StoppedError, UnreachableError
from dynostack.provider.settings import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from typing import IO

    import aiohttp

    from dynostack.provider.privacy import Discretion
    from dynostack.provider.settings import Settings

ACCEPT = "application/vnd.heroku+json; version=3"
_PAGE = 1000
_PARTIAL = 206
_RATE_LIMITED = 429
_REQUEST_SECONDS = 120
# The address is signed, and a Content-Type that was not signed with it is refused.
_PLAIN = ("Content-Type",)


@dataclass(frozen=True)
class Backoff:
    """How long to wait before a request is sent again; seconds.

    Heroku gives back about 75 requests a minute to an account that has used up its 4,500 an hour.
    https://devcenter.heroku.com/articles/platform-api-reference#rate-limits
    """

    first: float = 2
    most: float = 60
    limited_tries: int = 30
    broken_tries: int = 4
    longest: float = 3600
    """For one request in all, however long Heroku asks to wait: after an hour an account has all of
    its requests back."""

    def seconds(self, attempt: int) -> float:
        """Doubling, with a quarter of chance so that many clients do not return at once."""
        return min(self.most, self.first * 2.0**attempt) * random.uniform(0.75, 1.25)  # noqa: S311


@dataclass(frozen=True)
class Answer:
    """What the API said: decoded JSON, and where a list goes on."""

    body: Any
    next_range: str | None


class Api:
    """Sends requests; a GET's answer serves every reader until something is written."""

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
        self._answers: dict[tuple[str, str], asyncio.Future[Answer]] = {}

    async def get(self, path: str, *, fresh: bool = False) -> Any:
        """The object at ``path``; ``fresh`` asks even when the answer is known."""
        return (await self._read(path, "", fresh=fresh)).body

    async def listing(self, path: str, span: str = f"id ..; max={_PAGE}") -> list[Any]:
        """All objects of a list, page after page."""
        items: list[Any] = []
        following: str | None = span
        while following:
            answer = await self._read(path, following)
            items += answer.body
            following = answer.next_range
        return items

    async def newest(self, path: str, order: str) -> Any | None:
        """The last object of a list in an order, asked afresh; nothing when the list is empty."""
        span = f"{order} ..; max=1,order=desc"
        items = (await self._read(path, span, fresh=True)).body
        return items[0] if items else None

    async def post(self, path: str, body: Any) -> Any:
        """Make something."""
        return await self._write("POST", path, body)

    async def patch(self, path: str, body: Any) -> Any:
        """Change something."""
        return await self._write("PATCH", path, body)

    async def put(self, path: str, body: Any) -> Any:
        """Set something as a whole."""
        return await self._write("PUT", path, body)

    async def delete(self, path: str) -> Any:
        """Remove something; what is gone already is fine."""
        try:
            return await self._write("DELETE", path, None)
        except HerokuError as error:
            if error.gone:
                return None
            raise

    async def upload(self, url: str, content: IO[bytes]) -> None:
        """Put a file at an address that Heroku gave for it; no login goes there."""
        client = await self.client()
        size = {"Content-Length": str(content.seek(0, os.SEEK_END))}
        content.seek(0)
        with self._reachable("to upload the source"):
            put = client.put(
                url,
                data=content,
                headers=size,
                skip_auto_headers=_PLAIN,
                proxy=_proxy(url),
                timeout=_endless(),
            )
            async with put as answer:
                if not answer.ok:
                    reason = f"the address it is uploaded to answered {answer.status}"
                    raise ProviderError(f"the source could not be uploaded: {reason}")

    async def lines(self, url: str) -> AsyncIterator[str]:
        """Lines of text from an address that Heroku gave, as they come."""
        client = await self.client()
        with self._reachable("for the output"):
            async with client.get(url, timeout=_endless(), proxy=_proxy(url)) as answer:
                async for line in answer.content:
                    # Heroku keeps a silent stream open with null bytes.
                    yield line.replace(b"\0", b"").decode(errors="replace").rstrip("\r\n")

    async def client(self) -> aiohttp.ClientSession:
        """The HTTP client, made with the first request: a preview may need none."""
        if self._client is None:
            import aiohttp

            self._client = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_REQUEST_SECONDS),
                headers={"User-Agent": "dynostack-provider"},
            )
        return self._client

    async def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _read(self, path: str, span: str, *, fresh: bool = False) -> Answer:
        if fresh:
            return await self._send("GET", path, None, span)
        key = (path, span)
        if key not in self._answers:
            self._answers[key] = asyncio.ensure_future(self._send("GET", path, None, span))
        try:
            return await asyncio.shield(self._answers[key])
        except HerokuError as error:
            if not error.gone:
                self._answers.pop(key, None)
            raise
        except ProviderError:
            self._answers.pop(key, None)
            raise

    async def _write(self, method: str, path: str, body: Any) -> Any:
        # Forgotten before, so that nobody joins a read that may miss the change, and after, so
        # that nobody keeps one that was sent meanwhile.
        self._answers = {}
        try:
            return (await self._send(method, path, body, "")).body
        finally:
            self._answers = {}

    async def _send(self, method: str, path: str, body: Any, span: str) -> Answer:
        limited = broken = 0
        waited = 0.0
        while True:
            try:
                return await self._send_once(method, path, body, span)
            except _LimitedError as error:
                limited += 1
                if limited >= self._backoff.limited_tries:
                    raise error.refusal from None
                wait = error.seconds or self._backoff.seconds(limited - 1)
                waited += wait
                if waited > self._backoff.longest:
                    raise ProviderError(
                        f"{error.refusal}; it asks to wait {_lasting(wait)}, and a request waits"
                        f" {_lasting(self._backoff.longest)} at most: try again then"
                    ) from None
                await self._say(
                    f"Heroku takes no more requests for now: waiting {_lasting(wait)} before"
                    f" {method} {path} is sent again"
                )
            except _BrokenError as error:
                broken += 1
                changed = method != "GET" and error.refusal.leaves_open
                if changed or broken >= self._backoff.broken_tries:
                    raise error.refusal from None
                wait = self._backoff.seconds(broken - 1)
            await self._pause(wait)

    async def _send_once(self, method: str, path: str, body: Any, span: str) -> Answer:
        request = f"{method} {path}"
        client = await self.client()
        url = f"{self._settings.url}{path}"
        try:
            with self._reachable(f"for {request}"):
                async with client.request(
                    method,
                    url,
                    proxy=_proxy(url),
                    headers=self._headers(span, body),
                    data=None if body is None else json.dumps(body).encode(),
                ) as response:
                    text = await response.text()
        except UnreachableError as error:
            raise _BrokenError(error) from None
        if not response.ok:
            raise self._refused(response.status, response.headers, text, request)
        partial = response.status == _PARTIAL
        following = response.headers.get("Next-Range") if partial else None
        try:
            return Answer(json.loads(text) if text else None, following)
        except json.JSONDecodeError:
            raise ProviderError(f"the answer to {request} is not Heroku's") from None

    @contextmanager
    def _reachable(self, what: str) -> Iterator[None]:
        import aiohttp

        try:
            yield
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = self._discretion.hide(str(error)) or "no answer in time"
            message = f"Heroku could not be reached {what}: {reason}"
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
        self, status: int, headers: Mapping[str, str], text: str, request: str
    ) -> Exception:
        error_id, message = _reason(text)
        refusal = HerokuError(status, error_id, self._discretion.hide(message), request)
        if status == _RATE_LIMITED:
            return _LimitedError(refusal, _retry_after(headers))
        return _BrokenError(refusal) if status >= 500 else refusal


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for an address; this machine needs none."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in LOOPBACK or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def _endless() -> aiohttp.ClientTimeout:
    """A build may be silent, and a source large."""
    import aiohttp

    return aiohttp.ClientTimeout(total=None)


class _LimitedError(Exception):
    """Too many requests; ``seconds`` when Heroku says how long to wait."""

    def __init__(self, refusal: HerokuError, seconds: float) -> None:
        super().__init__()
        self.refusal = refusal
        self.seconds = seconds


class _BrokenError(Exception):
    """Something on the way or at Heroku broke; asking again may help."""

    def __init__(self, refusal: ProviderError) -> None:
        super().__init__()
        self.refusal = refusal


def _reason(text: str) -> tuple[str, str]:
    """Heroku's id and message; what is not Heroku's JSON has neither."""
    try:
        body = json.loads(text)
        return str(body["id"]), str(body["message"])
    except (json.JSONDecodeError, KeyError, TypeError):
        return "without a reason", "This is not an answer of Heroku's API."


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that Heroku asks to wait; 0 where it does not say.

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


async def stoppable_pause(seconds: float, stopping: asyncio.Event) -> None:
    """Wait, but no longer than until the engine wants to stop."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
    raise StoppedError("stopped while waiting for Heroku")
