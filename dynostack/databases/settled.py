"""Write requests, retried until Heroku shows their effect, because a response can be lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from dynostack.databases.errors import StepFailed
from dynostack.inventory.platform_api import FIRST_SERVER_ERROR, ApiError, ApiRefusal

T = TypeVar("T")

TRIES = 4
PAUSE_SECONDS = 1.0
POLL_SECONDS = 0.05
LONG_POLL_SECONDS = 3.0
RATE_LIMITED = 429
PATIENCE_SECONDS = 300.0
"""How long Heroku may fail to answer while something takes its time."""


def settled(found: Callable[[], T | None], request: Callable[[], object], what: str) -> T:
    """Return the result of a request, which is sent only while the result does not exist.

    Args:
        found: reads the result of the request from Heroku; None if it does not exist.
        request: sends the request.
        what: what the request does, for the error message, such as `create the database`.

    Raises:
        StepFailed: Heroku refuses the request, or is unreachable.
    """
    problem = "Heroku does not show the change"
    for attempt in range(TRIES):
        time.sleep(PAUSE_SECONDS * attempt)
        try:
            if (there := found()) is not None:
                return there
            request()
            if (there := found()) is not None:
                return there
        except ApiRefusal as refusal:
            if not _is_temporary(refusal):
                raise StepFailed(f"cannot {what}: {refusal}") from None
            problem = str(refusal)
        except ApiError as error:
            problem = str(error)
    raise StepFailed(f"cannot {what}: {problem}")


def _is_temporary(error: ApiError) -> bool:
    return (
        not isinstance(error, ApiRefusal)
        or error.status >= FIRST_SERVER_ERROR
        or error.status == RATE_LIMITED
    )


def awaited(ready: Callable[[], T | None], seconds: float, what: str) -> T:
    """Wait for a result and return it; poll less often the longer it takes.

    Raises:
        StepFailed: it is not ready in time, or Heroku refuses, or is unreachable for minutes.
    """
    started = answered = time.monotonic()
    while True:
        try:
            if (there := ready()) is not None:
                return there
            answered = time.monotonic()
        except ApiError as error:
            if not _is_temporary(error) or time.monotonic() - answered > PATIENCE_SECONDS:
                raise StepFailed(f"cannot {what}: {error}") from None
        elapsed = time.monotonic() - started
        if elapsed > seconds:
            raise StepFailed(f"cannot {what}: not done after {seconds:.0f} s")
        time.sleep(min(LONG_POLL_SECONDS, POLL_SECONDS + elapsed / 20))
