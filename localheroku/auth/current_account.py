"""Who a request is from, for whatever is done because of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localheroku.api.account.records import User

_account: ContextVar[User | None] = ContextVar("account", default=None)


def account() -> User | None:
    """The account that calls, as it was then, also in work that goes on after the answer.

    None in what no request asked for.
    """
    return _account.get()


@contextmanager
def calling(user: User) -> Iterator[None]:
    """What the block does is done by this account."""
    token = _account.set(user)
    try:
        yield
    finally:
        _account.reset(token)
