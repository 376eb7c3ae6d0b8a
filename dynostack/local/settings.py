"""The settings of a project's local Heroku: `[tool.dynostack.local]` in pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from heroku_catalogue.toml_errors import place_of

FILE = "pyproject.toml"
TABLE = ("tool", "dynostack", "local")
HIGHEST_PORT = 65535
FORMS = {
    "account": (re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"), "an email address"),
    "team": (re.compile(r"[a-z0-9][a-z0-9-]*"), "a name of lowercase letters, digits and dashes"),
}


class WrongSettings(Exception):
    """The settings of the local Heroku are invalid; the message says what to write."""


@dataclass(frozen=True)
class LocalSettings:
    """The port, account and team that the local Heroku starts with."""

    port: int = 5050
    account: str = "ops@acme.example"
    team: str = "acme"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def site(self, app: str) -> str:
        """Return the address of an app's site."""
        return f"http://{app}.localhost:{self.port}/"


def read(pyproject: Path) -> LocalSettings:
    """Return the settings in the file, with defaults for those that are missing.

    Raises:
        WrongSettings: a setting is unknown or invalid, or the file is not TOML.
    """
    if not pyproject.is_file():
        return LocalSettings()
    return _Reading(pyproject).settings()


class _Reading:
    def __init__(self, pyproject: Path) -> None:
        self._path = pyproject
        try:
            self._text = pyproject.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise WrongSettings(f"{pyproject} is not UTF-8; save it in UTF-8") from None

    def settings(self) -> LocalSettings:
        given = self._given()
        known = {field.name: type(field.default) for field in fields(LocalSettings)}
        for name, value in given.items():
            if name not in known:
                raise self._wrong(
                    f'unknown setting "{name}"; write one of {", ".join(known)}', *TABLE, name
                )
            if type(value) is not known[name]:
                wanted = "a number" if known[name] is int else "a string in quotes"
                raise self._wrong(f"{name} must be {wanted}", *TABLE, name)
        for name, (form, words) in FORMS.items():
            if name in given and not form.fullmatch(given[name]):
                raise self._wrong(f"{name} must be {words}", *TABLE, name)
        if given.get("port", HIGHEST_PORT) not in range(1, HIGHEST_PORT + 1):
            raise self._wrong(f"port must be a number from 1 to {HIGHEST_PORT}", *TABLE, "port")
        return LocalSettings(**given)

    def _given(self) -> dict[str, Any]:
        try:
            table: Any = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            line, column = place_of(error, self._text.splitlines())
            raise WrongSettings(
                f"{self._path}:{line}:{column}: invalid TOML; write name = value, with strings in"
                " quotes"
            ) from None
        for depth, name in enumerate(TABLE, 1):
            table = table.get(name, {})
            if not isinstance(table, dict):
                raise self._wrong(
                    "must be a table; write its name in brackets",
                    *TABLE[:depth],
                )
        return dict(table)

    def _wrong(self, words: str, *keys: str) -> WrongSettings:
        return WrongSettings(f"{self._path}:{self._line(keys)}: [{'.'.join(TABLE)}] {words}")

    def _line(self, keys: tuple[str, ...]) -> int:
        """Return the number of the line on which the value with these keys ends."""
        lines = self._text.splitlines()
        for number in range(1, len(lines)):
            with suppress(tomllib.TOMLDecodeError):
                if _holds(tomllib.loads("\n".join(lines[:number])), keys):
                    return number
        return len(lines)


def _holds(document: Any, keys: tuple[str, ...]) -> bool:
    for key in keys:
        if not isinstance(document, dict) or key not in document:
            return False
        document = document[key]
    return True
