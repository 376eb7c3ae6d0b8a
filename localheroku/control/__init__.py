"""What Heroku does not have: faults, a clock to set, snapshots, a recorder, times and limits.

All of it is under one reserved prefix at the Platform API's address, one folder for each subject,
as the Platform API has one for each resource. Only the account that the local Heroku was started
with may use it.
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
