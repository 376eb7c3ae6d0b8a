"""The account that a request is from, for everything done because of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localheroku.api.account.records import User

_account: ContextVar[User | None] = ContextVar("account", default=None)


def account() -> User | None:
    """Return the calling account as it was at the call, also in work that continues after it.

    None in work that no request started.
    """
    return _account.get()


@contextmanager
def calling(user: User) -> Iterator[None]:
    """Attribute what the block does to this account."""
    token = _account.set(user)
    try:
        yield
    finally:
        _account.reset(token)
