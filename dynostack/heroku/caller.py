"""Who a request is from, for whatever is done because of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_account_id: ContextVar[str | None] = ContextVar("account_id", default=None)


def account_id() -> str | None:
    """The id of the account that calls, also in work that goes on after the answer.

    None in what no request asked for.
    """
    return _account_id.get()


@contextmanager
def calling(identity: str) -> Iterator[None]:
    """What the block does is done by the account of that id."""
    token = _account_id.set(identity)
    try:
        yield
    finally:
        _account_id.reset(token)
