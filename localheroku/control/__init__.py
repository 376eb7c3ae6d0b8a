"""The control API, which Heroku does not have: faults, clock, snapshots, recorder, settings.

Its endpoints are below one reserved prefix at the Platform API's address. As in the Platform API,
each subject has its own folder. Only the account that the local Heroku was started with may call
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.core.discovery import rows_below
from localheroku.core.errors import ApiError

if TYPE_CHECKING:
    from localheroku.api.account.records import User
    from localheroku.api.endpoint import Endpoint
    from localheroku.core.state import State

PREFIX = "/_local/"


class ControlForbiddenError(ApiError):
    id = "forbidden"
    status = 403
    message = "Only {account} may control the local Heroku."


def endpoints() -> tuple[Endpoint, ...]:
    """Return the rows of each folder's `routes`."""
    return rows_below(__name__)


def refuse_others(state: State, account: User) -> None:
    """Check that the account is the one that the local Heroku was started with.

    Raises:
        ControlForbiddenError: it is another account.
    """
    if account.email != state.settings.account:
        raise ControlForbiddenError(account=state.settings.account)
