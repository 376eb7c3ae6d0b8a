"""An app's config vars: those that were set, and those that its add-ons give."""

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
    """The ones that were set.  Its parent is the app."""

    values: dict[str, str] = field(repr=False)


def own(state: State, app: App) -> dict[str, str]:
    """Those that were set, without the add-ons'."""
    return dict(_record(state, app).values)


def merged(state: State, app: App) -> dict[str, str]:
    """All of them, as a dyno gets them."""
    return own(state, app) | attachments.config_vars(state, app)


def update(state: State, app: App, changes: Mapping[str, str | None]) -> str | None:
    """Set or, where the value is None, remove; the description of the release, None if no change.

    Raises a ParamsError; then nothing is changed.
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
    """Set exactly these, as a rollback does."""
    record = _record(state, app)
    state.store.put(replace(record, values=dict(values), updated_at=state.now()))


def _record(state: State, app: App) -> ConfigVars:
    found = state.store.every(ConfigVars, parent=app.id)
    return found[0] if found else ConfigVars(**state.stamp(), parent=app.id, values={})


def check_form(values: Mapping[str, str | None]) -> None:
    """Raise the ParamsError that names what no environment variable can be."""
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
