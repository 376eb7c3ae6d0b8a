"""What Heroku does not have: faults, a clock to set, snapshots, a recorder, times and limits.

One reserved prefix at the Platform API's address, one folder a subject, as the Platform API has
one a resource.  It is for the account that the local Heroku was started with.
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
    """Raise OtherAccountError unless the account is the one that everything here belongs to."""
    if account.email != state.settings.account:
        raise ControlForbiddenError(account=state.settings.account)
