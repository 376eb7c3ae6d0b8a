"""One HTTP API with a token: JSON in and out, patient with limits and outages.

The token goes to the API's own address and nowhere else: redirects are not followed, and of a link
to the next page only the query is taken.
"""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import sleep
from typing import Any
from urllib.parse import urlsplit

from dynostack.comment.errors import CommentError, Refused, Unavailable

TIMEOUT = 30.0
ATTEMPTS = 5
LONGEST_WAIT = 120.0
"""Seconds for one pause; an API that asks for more is told to the person who waits."""

LONGEST_MESSAGE = 300

_NO_SENTENCES = frozenset({"documentation_url", "status", "resource", "field", "code"})
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?')


@dataclass(frozen=True)
class Answer:
    """What came back: the JSON, and the headers with names in lowercase."""

    status: int
    headers: Mapping[str, str]
    data: Any

    @property
    def next_query(self) -> str | None:
        """The query of the next page.  https://www.rfc-editor.org/rfc/rfc8288"""
        link = _NEXT.search(self.headers.get("link", ""))
        return urlsplit(link[1]).query if link else None

    @property
    def message(self) -> str:
        """What the API says is wrong, on one line."""
        return "; ".join(filter(None, _texts(self.data)))[:LONGEST_MESSAGE]

    @property
    def is_limit(self) -> bool:
        """Whether it is a rate limit; GitHub answers 403 to those too.

        https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
        """
        spent = self.headers.get("x-ratelimit-remaining") == "0"
        return self.status == 429 or (
            self.status == 403 and (spent or "retry-after" in self.headers)
        )

    def pause(self, attempt: int, now: datetime) -> float:
        """Seconds until it is worth asking again: what the API says, or longer each time."""
        after = self.headers.get("retry-after", "")
        if after.isdecimal():
            return float(after)
        if after:
            return max(0.0, (parsedate_to_datetime(after) - now).total_seconds())
        reset = self.headers.get("x-ratelimit-reset") or self.headers.get("ratelimit-reset", "")
        if self.is_limit and reset.isdecimal():
            return max(0.0, float(reset) - now.timestamp())
        return float(2**attempt)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """The answer itself is the result: its status says that there was a redirect."""


@dataclass(frozen=True)
class Api:
    """An API at an address, for one token."""

    name: str
    """Of the service, such as GitHub."""
    address: str
    token: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """What every request carries, the token among it."""
    _open: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(_NoRedirects), repr=False
    )

    def pages(self, path: str, query: str) -> Iterator[Any]:
        """The entries of all pages.  Raises CommentError."""
        seen: set[str] = set()
        following: str | None = query
        while following is not None and following not in seen:
            seen.add(following)
            answer = self.call("GET", f"{path}?{following}")
            yield from answer.data
            following = answer.next_query

    def call(self, method: str, path: str, body: Any = None, *, once: bool = False) -> Answer:
        """The API's answer, below 300.

        Args:
            once: send it again only when it is certain that it was not done.

        Raises:
            Refused: the API will not do it.
            Unavailable: the API could not do it now, or its answer did not arrive.
        """
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                answer = self._send(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                self._not_reached(error, last or once)
                sleep(float(2**attempt))
                continue
            if answer.status < 300:
                return answer
            if not answer.is_limit and answer.status < 500:
                raise Refused(answer.message.replace(self.token, "[token]"), answer.status)
            self._wait(answer, attempt, last or (once and not answer.is_limit))
        raise AssertionError("the last attempt returns or raises")

    def _not_reached(self, error: Exception, last: bool) -> None:
        if last:
            host, why = urlsplit(self.address).netloc, getattr(error, "reason", error)
            raise Unavailable(f"{self.name} is not reached at {host}: {why}")

    def _wait(self, answer: Answer, attempt: int, last: bool) -> None:
        pause = answer.pause(attempt, datetime.now(UTC))
        says = f"{self.name} answers {answer.status}"
        if answer.is_limit and pause > LONGEST_WAIT:
            says += f" and asks to wait {pause:.0f} seconds: its rate limit is used up"
            raise Unavailable(f"{says}; run this again then")
        if last:
            raise Unavailable(f"{says}; run this again later")
        sleep(min(pause, LONGEST_WAIT))

    def _send(self, method: str, path: str, body: Any) -> Answer:
        request = urllib.request.Request(  # noqa: S310 -- see checked_address
            f"{self.address}{path}",
            None if body is None else json.dumps(body).encode(),
            {**self.headers, "Content-Type": "application/json", "User-Agent": "dynostack"},
            method=method,
        )
        try:
            with self._open.open(request, timeout=TIMEOUT) as response:
                return _answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as response:
            with response:
                return _answer(response.code, response.headers, response.read())


def checked_token(variable: str, value: str | None) -> str:
    """A token as a header takes it.  Raises CommentError; the value is never part of it."""
    token = (value or "").strip()
    if not token:
        raise CommentError(f"{variable} is not set; export a token that may write comments")
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise CommentError(f"{variable} has characters that no token has; copy it again")
    return token


def checked_address(variable: str, value: str) -> str:
    """An address that a token may be sent to: https, or this machine's own."""
    parts = urlsplit(value)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme == "https" or (parts.scheme == "http" and local):
        return value.rstrip("/")
    raise CommentError(f"{variable} is no https address; a token is sent over nothing else")


def _answer(status: int, headers: Any, content: bytes) -> Answer:
    try:
        data = json.loads(content)
    except ValueError:
        data = None
    if data is None and status < 300:
        raise Refused("the answer is no JSON; the address may not be the API's", status)
    return Answer(status, {name.lower(): value for name, value in headers.items()}, data)


def _texts(said: object) -> Iterator[str]:
    """Every sentence in an error: APIs nest them in lists and in objects by field."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        for each in said:
            yield from _texts(each)
    elif isinstance(said, dict):
        for name in (name for name in said if name not in _NO_SENTENCES):
            yield from _texts(said[name])
