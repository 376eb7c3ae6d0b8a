"""Settings of the PostgreSQL server that each database can change for itself.

https://devcenter.heroku.com/articles/heroku-postgres-settings
Heroku writes the log of a database to the app's log; the local server writes it to its own log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localheroku.api.addons.attachments.records import Addon
from localheroku.api.data.databases import models as databases
from localheroku.api.data.settings.errors import EssentialSettingError, SettingValueError
from localheroku.core.state import Document, State

SWITCH = {"on": True, "off": False}


@dataclass(frozen=True)
class DatabaseSetting:
    """A setting of PostgreSQL: true or false, one of `values`, or else a number.

    PostgreSQL applies a `fixed` setting to the whole server, so one database cannot change it.
    """

    describes: str
    default: str
    values: Mapping[str, str] = field(default_factory=dict)
    switch: bool = False
    fixed: bool = False

    def text(self, value: Any) -> str | None:
        """Return the value as PostgreSQL writes it, or None if it is invalid for the setting."""
        if self.fixed:
            return self.default if value == self.value(self.default) else None
        if self.switch:
            return next((word for word, flag in SWITCH.items() if value is flag), None)
        if self.values:
            return value if value in self.values else None
        whole = isinstance(value, int) and not isinstance(value, bool) and value >= -1
        return str(value) if whole else None

    def value(self, text: str) -> Any:
        """Return the value as the API shows it."""
        if self.switch:
            return SWITCH[text]
        return text if self.values else int(text)

    @property
    def known(self) -> str:
        if self.fixed:
            return "the local Heroku cannot change it for a single database"
        if self.switch:
            return "write true or false"
        if self.values:
            return f"write {', '.join(self.values)}"
        return "write a whole number of milliseconds, or -1 for never"


LEVELS = ("debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning")
ABOVE = ("error", "log", "fatal", "panic")

SETTINGS: Mapping[str, DatabaseSetting] = {
    "log_connections": DatabaseSetting("Log each new connection.", "off", switch=True, fixed=True),
    "log_lock_waits": DatabaseSetting(
        "Log each session that waits long for a lock.", "off", switch=True
    ),
    "log_min_duration_statement": DatabaseSetting(
        "Log statements that take at least this many milliseconds.", "-1"
    ),
    "log_min_error_statement": DatabaseSetting(
        "Log statements that cause an error of this level or above.",
        "error",
        {level: f"Statements are logged from {level} on." for level in (*LEVELS, *ABOVE)},
    ),
    "log_statement": DatabaseSetting(
        "Log statements of these kinds.",
        "none",
        {
            "none": "No statements are logged.",
            "ddl": "Statements that define data are logged.",
            "mod": "Statements that define or change data are logged.",
            "all": "All statements are logged.",
        },
    ),
    "track_functions": DatabaseSetting(
        "Count calls of functions.",
        "none",
        {
            "none": "No functions are tracked.",
            "pl": "Functions in procedural languages are tracked.",
            "all": "Functions in SQL, C and procedural languages are tracked.",
        },
    ),
}


async def read(state: State, addon: Addon) -> Document:
    """Return all settings of the database.

    Raises:
        EssentialSettingError: The database has an Essential-tier plan.
    """
    _check(addon)
    with databases.failing(addon):
        values = await state.backends.databases.settings(addon.id)
    return {name: _document(s, values.get(name, s.default)) for name, s in SETTINGS.items()}


async def change(state: State, addon: Addon, values: Mapping[str, Any]) -> None:
    """Change settings of the database.

    Raises:
        EssentialSettingError: The database has an Essential-tier plan.
        SettingValueError: A value is invalid; no setting is changed then.
    """
    _check(addon)
    texts: dict[str, str] = {}
    for name, value in values.items():
        setting = SETTINGS[name]
        text = setting.text(value)
        if text is None:
            raise SettingValueError(name=name, value=json.dumps(value), known=setting.known)
        texts[name] = text
    with databases.failing(addon):
        changeable = {name: text for name, text in texts.items() if not SETTINGS[name].fixed}
        await state.backends.databases.set(addon.id, changeable)


def _check(addon: Addon) -> None:
    if databases.is_essential(addon):
        raise EssentialSettingError


def _document(setting: DatabaseSetting, text: str) -> Document:
    return {
        "value": setting.value(text),
        "values": dict(setting.values),
        "default": setting.value(setting.default),
        "desc": setting.describes,
    }
