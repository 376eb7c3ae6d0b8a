"""The preferences of an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localheroku.api.account.records import User
from localheroku.core.body_schema import FLAG, TEXT, TEXTS
from localheroku.core.record import Record
from localheroku.core.state import Document, State

KINDS = {
    "timezone": TEXT.or_null(),
    "default-organization": TEXT.or_null(),
    "dismissed-getting-started": FLAG.or_null(),
    "dismissed-github-banner": FLAG.or_null(),
    "dismissed-org-access-controls": FLAG.or_null(),
    "dismissed-org-wizard-notification": FLAG.or_null(),
    "dismissed-pipelines-banner": FLAG.or_null(),
    "dismissed-pipelines-github-banner": FLAG.or_null(),
    "dismissed-pipelines-github-banners": TEXTS.or_null(),
    "dismissed-sms-banner": FLAG.or_null(),
}


@dataclass(frozen=True, kw_only=True)
class UserPreferences(Record):
    """The preferences of a user (the parent record); the keys of `values` are in KINDS."""

    values: dict[str, Any]


def of_user(state: State, user: User) -> UserPreferences:
    """Return the user's preferences; without any, empty ones."""
    found = state.store.every(UserPreferences, parent=user.id)
    return found[0] if found else UserPreferences(**state.stamp(), parent=user.id, values={})


def update(state: State, user: User, changes: Mapping[str, Any]) -> UserPreferences:
    present = state.store.put(of_user(state, user))
    return state.change(present, values={**present.values, **changes})


def document(preferences: UserPreferences) -> Document:
    return {name: preferences.values.get(name) for name in KINDS}
