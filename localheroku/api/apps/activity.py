"""Log lines of the Platform API in an app's log."""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.apps.models import App
from localheroku.core.state import State


def log(state: State, app: App, line: str) -> None:
    """Append a line of the Platform API to the app's log."""
    state.backends.logs.append(app.id, "app", "api", line)


def log_action(state: State, app: App, action: str) -> None:
    """Append an action of the caller to the app's log."""
    log(state, app, f"{action} by user {accounts.current(state).email}")
