"""An app's own config vars and those of its add-ons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from localheroku.api.addons.attachments import models as attachments
from localheroku.api.apps.config_vars.errors import (
    AttachmentValueError,
    ConfigVarNameError,
    ConfigVarValueError,
    TotalSizeError,
)
from localheroku.api.apps.models import App
from localheroku.core.record import Record
from localheroku.core.state import State

KEY = re.compile(r"\w+", re.ASCII)
# https://devcenter.heroku.com/articles/config-vars#config-var-policies
TOTAL_KILOBYTES = 64


@dataclass(frozen=True, kw_only=True)
class ConfigVars(Record):
    """An app's own config vars. The parent record is the app."""

    values: dict[str, str] = field(repr=False)


def own(state: State, app: App) -> dict[str, str]:
    """Return the app's own config vars, without those of its add-ons."""
    return dict(_record(state, app).values)


def merged(state: State, app: App) -> dict[str, str]:
    """Return all config vars, as a dyno gets them."""
    return own(state, app) | attachments.config_vars(state, app)


def update(state: State, app: App, changes: Mapping[str, str | None]) -> str | None:
    """Set config vars, or remove those whose value is None.

    Returns:
        The description of the release, or None if nothing changed.

    Raises:
        ParamsError: A change is invalid; nothing is changed then.
    """
    record = _record(state, app)
    attached = attachments.config_vars(state, app)
    differing = {
        key: value for key, value in changes.items() if value != (record.values | attached).get(key)
    }
    _check(differing, attached)
    values = {**record.values, **differing}
    after = {key: value for key, value in values.items() if value is not None}
    if sum(len(key.encode()) + len(value.encode()) for key, value in after.items()) > (
        TOTAL_KILOBYTES * 1024
    ):
        raise TotalSizeError(kilobytes=TOTAL_KILOBYTES)
    if not differing:
        return None
    state.store.put(replace(record, values=after, updated_at=state.now()))
    return _description(differing)


def restore(state: State, app: App, values: Mapping[str, str]) -> None:
    """Replace the app's own config vars, as a rollback does."""
    record = _record(state, app)
    state.store.put(replace(record, values=dict(values), updated_at=state.now()))


def _record(state: State, app: App) -> ConfigVars:
    found = state.store.every(ConfigVars, parent=app.id)
    return found[0] if found else ConfigVars(**state.stamp(), parent=app.id, values={})


def check_form(values: Mapping[str, str | None]) -> None:
    """Check that the names and values can be environment variables.

    Raises:
        ParamsError: A name or a value is invalid.
    """
    for key, value in values.items():
        if KEY.fullmatch(key) is None:
            raise ConfigVarNameError(key=key)
        if not isinstance(value, str | None) or (value and "\0" in value):
            raise ConfigVarValueError(key=key)


def _check(changes: Mapping[str, str | None], attached: Mapping[str, str]) -> None:
    check_form(changes)
    overwritten = sorted(changes.keys() & attached.keys())
    if overwritten:
        raise AttachmentValueError(keys=", ".join(overwritten))


def _description(changes: Mapping[str, str | None]) -> str:
    by_verb = {
        "Set": sorted(key for key, value in changes.items() if value is not None),
        "Remove": sorted(key for key, value in changes.items() if value is None),
    }
    parts = [f"{verb} {', '.join(keys)} config vars" for verb, keys in by_verb.items() if keys]
    return "; ".join(parts)
