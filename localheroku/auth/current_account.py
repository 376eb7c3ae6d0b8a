"""The account that sent the current request, also for background work that the request started."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localheroku.api.account.records import User

_account: ContextVar[User | None] = ContextVar("account", default=None)


def account() -> User | None:
    """Return the caller's account as it was at the time of the request.

    Return None in work that no request started.
    """
    return _account.get()


@contextmanager
def calling(user: User) -> Iterator[None]:
    """Make this account the caller's while the block runs."""
    token = _account.set(user)
    try:
        yield
    finally:
        _account.reset(token)
