"""App setups: the local Heroku creates an app and everything in its app.json in the background."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from localheroku.api.account import models as accounts
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.apps.setups.errors import SetupNotFoundError
from localheroku.api.builds.models import Build
from localheroku.core.record import Record
from localheroku.core.state import Document, State

PENDING, SUCCEEDED, FAILED = "pending", "succeeded", "failed"


@dataclass(frozen=True, kw_only=True)
class AppSetup(Record, stored_as="Setup"):
    """The setup of an app (the parent record).

    `postdeploy` is the output and exit code of the postdeploy script.
    """

    user_id: str
    status: str = PENDING
    failure_message: str | None = None
    manifest_errors: list[str] = field(default_factory=list)
    build_id: str | None = None
    postdeploy: dict[str, Any] | None = None
    success_url: str | None = None


def find(state: State, identity: str) -> AppSetup:
    """Return the caller's setup with an id.

    Raises:
        SetupNotFoundError: The caller has no such setup.
    """
    setup = state.store.find(AppSetup, identity)
    if setup is None or setup.user_id != accounts.current(state).id:
        raise SetupNotFoundError
    return setup


def add(state: State, app: App) -> AppSetup:
    user_id = accounts.current(state).id
    return state.store.put(AppSetup(**state.stamp(), parent=app.id, user_id=user_id))


def fail_interrupted(state: State) -> None:
    """Mark as failed each setup that an earlier run of the server did not finish."""
    for setup in state.store.having(AppSetup, status=PENDING):
        state.change(setup, status=FAILED, failure_message="The setup was interrupted.")


def document(state: State, setup: AppSetup) -> Document:
    build = state.store.find(Build, setup.build_id) if setup.build_id else None
    return {
        "id": setup.id,
        "app": apps.brief(apps.find(state, setup.parent or "")),
        "build": build and _build(state, build),
        "status": setup.status,
        "failure_message": setup.failure_message,
        "manifest_errors": setup.manifest_errors,
        "postdeploy": setup.postdeploy,
        "resolved_success_url": setup.success_url,
        "created_at": setup.created_at,
        "updated_at": setup.updated_at,
    }


def _build(state: State, build: Build) -> Document:
    return {
        "id": build.id,
        "status": build.status,
        "output_stream_url": state.settings.stream("output", build.output),
    }
