"""A client for a JSON API with a token, which waits for rate limits and retries after outages.

The client sends the token only to the API's own address: it does not follow redirects, and uses
only the query of a link to the next page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import httpx

from dynostack import network
from dynostack.comment.errors import CommentError, Refused, Unavailable
from dynostack.http_client import client, reason

TIMEOUT = 30.0
ATTEMPTS = 5
LONGEST_WAIT = 120.0
"""The longest pause, in seconds; if an API asks for more, the command stops and reports it."""

LONGEST_MESSAGE = 300

_NO_SENTENCES = frozenset({"documentation_url", "status", "resource", "field", "code"})


@dataclass(frozen=True)
class Answer:
    """A response from the API, and the JSON in it."""

    status: int
    headers: httpx.Headers
    data: Any
    next_query: str | None
    """The query of the next page.  https://www.rfc-editor.org/rfc/rfc8288"""

    @property
    def message(self) -> str:
        """Return the API's error message on one line."""
        return "; ".join(filter(None, _texts(self.data)))[:LONGEST_MESSAGE]

    @property
    def is_limit(self) -> bool:
        """Return whether the API reports a rate limit, for which GitHub also uses status 403.

        https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
        """
        spent = self.headers.get("x-ratelimit-remaining") == "0"
        return self.status == 429 or (
            self.status == 403 and (spent or "retry-after" in self.headers)
        )

    def pause(self, attempt: int, now: datetime) -> float:
        """Return the seconds until a retry: what the API asks for, or longer each time."""
        after = self.headers.get("retry-after", "")
        if after.isdecimal():
            return float(after)
        if after:
            return max(0.0, (parsedate_to_datetime(after) - now).total_seconds())
        reset = self.headers.get("x-ratelimit-reset") or self.headers.get("ratelimit-reset", "")
        if self.is_limit and reset.isdecimal():
            return max(0.0, float(reset) - now.timestamp())
        return float(2**attempt)


@dataclass(frozen=True)
class Api:
    """An API at an address, with a token."""

    name: str
    """The name of the service, such as GitHub."""
    address: str
    token: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """The headers of every request, including the token."""

    def pages(self, path: str, query: str) -> Iterator[Any]:
        """Yield the entries of all pages.

        Raises:
            CommentError: the API refused a page or did not answer.
        """
        seen: set[str] = set()
        following: str | None = query
        while following is not None and following not in seen:
            seen.add(following)
            answer = self.call("GET", f"{path}?{following}")
            yield from answer.data
            following = answer.next_query

    def call(self, method: str, path: str, body: Any = None, *, once: bool = False) -> Answer:
        """Send a request and return the API's answer, with a status below 300.

        Args:
            method: the HTTP method.
            path: the path and query below the API's address.
            body: the JSON to send.
            once: whether to retry only if it is certain that the API did not handle the request.

        Raises:
            Refused: the API rejected the request.
            Unavailable: the API could not handle the request now, or its answer did not arrive.
        """
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                answer = self._send(method, path, body)
            except httpx.HTTPError as error:
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
            host = urlsplit(self.address).netloc
            raise Unavailable(f"cannot reach {self.name} at {host}: {reason(error)}")

    def _wait(self, answer: Answer, attempt: int, last: bool) -> None:
        pause = answer.pause(attempt, datetime.now(UTC))
        says = f"{self.name} answered with status {answer.status}"
        if answer.is_limit and pause > LONGEST_WAIT:
            says += f" and asks to wait {pause:.0f} seconds: the rate limit is exhausted"
            raise Unavailable(f"{says}; run the command again after that")
        if last:
            raise Unavailable(f"{says}; run the command again later")
        sleep(min(pause, LONGEST_WAIT))

    def _send(self, method: str, path: str, body: Any) -> Answer:
        with client(self.address, self.headers, timeout=TIMEOUT) as http:
            return _answer(http.request(method, f"{self.address}{path}", json=body))


def checked_token(variable: str, value: str | None) -> str:
    """Return a token that is valid in a header.

    Raises:
        CommentError: the token is missing or invalid; the message never has its value.
    """
    token = (value or "").strip()
    if not token:
        raise CommentError(f"{variable} is not set; export a token that may write comments")
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise CommentError(
            f"{variable} has characters that are invalid in a token; copy the token again"
        )
    return token


def checked_address(variable: str, value: str) -> str:
    """Return an address that a token may be sent to: https, or on this machine.

    Raises:
        CommentError: the address is not safe.
    """
    if network.is_safe(value):
        return value.rstrip("/")
    raise CommentError(
        f"{variable} is not an https address; write one, so that the token stays secret"
    )


def _answer(response: httpx.Response) -> Answer:
    status = response.status_code
    try:
        data = response.json()
    except ValueError:
        data = None
    if data is None and status < 300:
        raise Refused("the response is not JSON; check the address of the API", status)
    following = response.links.get("next", {}).get("url")
    return Answer(status, response.headers, data, following and urlsplit(following).query)


def _texts(said: object) -> Iterator[str]:
    """Yield every sentence in an error; APIs nest them in lists and in objects by field."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        for each in said:
            yield from _texts(each)
    elif isinstance(said, dict):
        for name in (name for name in said if name not in _NO_SENTENCES):
            yield from _texts(said[name])
