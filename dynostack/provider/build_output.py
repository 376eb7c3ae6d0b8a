"""A build's output, line by line while it is written."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from dynostack.provider.errors import UnreachableError

if TYPE_CHECKING:
    from dynostack.provider.session import Session

_TAIL_LINES = 30
_DETAIL = "       "
"""What a line below a heading begins with, such as each that pip writes.

https://devcenter.heroku.com/articles/buildpack-api#output
"""
_LAST_WORDS_SECONDS = 5
_LOST = "(the output could not be read)"


async def follow(session: Session, url: str) -> deque[str]:
    """Tell the headings as they come, not what is below them; the last lines when it ends."""
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    async for line in session.api.lines(url):
        tail.append(session.discretion.hide(line))
        if not line.startswith(_DETAIL):
            await session.say(line)
    return tail


async def ended(output: asyncio.Future[deque[str]]) -> str:
    """The end of the output, once the build is done.

    The output is told for the person's sake only: a build does not fail because it broke off.
    """
    try:
        tail = await asyncio.wait_for(output, _LAST_WORDS_SECONDS)
    except (UnreachableError, TimeoutError):
        return _LOST
    return "\n".join(tail) or _LOST
