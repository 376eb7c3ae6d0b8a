"""A build's output, read line by line while the build runs."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from dynostack.provider.errors import UnreachableError

if TYPE_CHECKING:
    from dynostack.provider.session import Session

_TAIL_LINES = 30
_DETAIL = "       "
"""The start of a line below a heading, such as each line of pip.

https://devcenter.heroku.com/articles/buildpack-api#output
"""
_LAST_WORDS_SECONDS = 5
_LOST = "(the output could not be read)"


async def follow(session: Session, url: str) -> deque[str]:
    """Report the headings as they come, without the lines below them.

    Returns:
        The last lines of the output.
    """
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    async for line in session.api.lines(url):
        tail.append(session.discretion.hide(line))
        if not line.startswith(_DETAIL):
            await session.say(line)
    return tail


async def ended(output: asyncio.Future[deque[str]]) -> str:
    """Return the end of the output, once the build is done.

    The output is only information for the user: a build does not fail because it is incomplete.
    """
    try:
        tail = await asyncio.wait_for(output, _LAST_WORDS_SECONDS)
    except (UnreachableError, TimeoutError):
        return _LOST
    return "\n".join(tail) or _LOST
