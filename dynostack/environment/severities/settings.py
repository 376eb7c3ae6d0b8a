"""The severities that a project chooses: `[tool.dynostack.check]` in pyproject.toml.

A code may be written in part, as in ruff: DS5 stands for all codes that begin with DS5.  Of several
entries that match a code, the longest one counts.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from dynostack.environment.diagnostics.codes import codes, similar_code
from dynostack.environment.diagnostics.diagnostic import Diagnostic, Severity, in_file_order
from dynostack.environment.section import one_of
from dynostack.environment.severities.toml_places import TomlText

FILE = "pyproject.toml"
TABLE = ("tool", "dynostack", "check")
LISTS = ("ignore", "error", "warning")
PER_STACK = "per-stack-ignores"
WRONG = "DS155"


def selected(selector: str) -> list[str]:
    """Return the codes that a whole code or its beginning stands for."""
    return [code for code in codes() if selector and code.startswith(selector)]


def is_required(code: str) -> bool:
    """Return whether a rule cannot be switched off, because nothing works if it is ignored."""
    return codes()[code].required


class CheckSettings(NamedTuple):
    """The severities that a project chooses for its findings."""

    ignore: tuple[str, ...] = ()
    error: tuple[str, ...] = ()
    warning: tuple[str, ...] = ()
    per_stack_ignores: Mapping[str, tuple[str, ...]] = {}
    """Pattern of a stack's name -> codes that are ignored in its files."""

    def severity(self, code: str, stack: str) -> Severity | None:
        """Return the severity of a code in a stack; None if the project ignores the code."""
        own = codes()[code].severity
        if is_required(code):
            return own
        for pattern, selectors in self.per_stack_ignores.items():
            if fnmatchcase(stack, pattern) and any(map(code.startswith, selectors)):
                return None
        chosen: list[tuple[int, Severity | None]] = [
            (len(selector), severity)
            for severity, selectors in self._lists()
            for selector in selectors
            if code.startswith(selector)
        ]
        return max(chosen, key=lambda each: each[0])[1] if chosen else own

    def _lists(self) -> Iterator[tuple[Severity | None, tuple[str, ...]]]:
        yield None, self.ignore
        yield "error", self.error
        yield "warning", self.warning


class WrongSettings(Exception):
    """The settings are invalid; holds a diagnostic for each error."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))


def read(text: str) -> CheckSettings:
    """Return the settings in the text of a pyproject.toml, with defaults for those missing.

    Raises:
        WrongSettings: the file is not TOML, or a setting is unknown or invalid.
    """
    if "dynostack" not in text:
        return CheckSettings()
    toml = TomlText(FILE, text)
    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = "the file is not valid TOML from here on"
        suggestion = "name = value, with strings in quotes"
        found = toml.diagnostic(WRONG, message, suggestion, toml.place_of(error))
        raise WrongSettings([found]) from None
    for depth, name in enumerate(TABLE, 1):
        table = table.get(name, {})
        if not isinstance(table, dict):
            message = f"{'.'.join(TABLE[:depth])} must be a table"
            raise WrongSettings([toml.diagnostic(WRONG, message, f"[{'.'.join(TABLE)}]", None)])
    reading = _Reading(toml)
    settings = reading.settings(table)
    if reading.wrong:
        raise WrongSettings(in_file_order(reading.wrong))
    return settings


class _Reading:
    """Collects the errors of a table while it is read."""

    def __init__(self, toml: TomlText) -> None:
        self._toml = toml
        self.wrong: list[Diagnostic] = []

    def settings(self, table: Mapping[str, Any]) -> CheckSettings:
        known = (*LISTS, PER_STACK)
        for name in table:
            if name not in known:
                message = f'[{".".join(TABLE)}] has no setting "{name}"'
                self._say(message, one_of(name, known), TABLE, name)
        lists = {name: self._codes(table.get(name, []), TABLE, name) for name in LISTS}
        self._twice(lists)
        per_stack = table.get(PER_STACK, {})
        if not isinstance(per_stack, dict):
            message = f"{PER_STACK} must be a table"
            self._say(message, '{ "review-*" = ["DS5"] }', TABLE, PER_STACK)
            per_stack = {}
        inside = (*TABLE, PER_STACK)
        ignores = {
            pattern: self._codes(value, inside, pattern) for pattern, value in per_stack.items()
        }
        return CheckSettings(**lists, per_stack_ignores=ignores)

    def _codes(self, value: object, table: tuple[str, ...], name: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._say(f"{name} must be a list of codes", f'{name} = ["DS503"]', table, name)
            return ()
        for selector in value:
            self._check(selector, table, name)
        return tuple(value)

    def _check(self, selector: str, table: tuple[str, ...], name: str) -> None:
        matching = selected(selector)
        if not matching:
            meant = similar_code(selector, codes())
            suggestion = f'"{meant}"' if meant else "a code that `dynostack explain` lists"
            message = f'no rule of the check has the code "{selector}"'
            self._say(message, suggestion, table, name, selector)
        elif name != "error" and all(map(is_required, matching)):
            message = f"{selector} cannot be switched off or lowered: {REASON}"
            self._say(message, f"nothing: remove {selector}", table, name, selector)

    def _twice(self, lists: Mapping[str, tuple[str, ...]]) -> None:
        first: dict[str, str] = {}
        for name, selectors in lists.items():
            for selector in selectors:
                other = first.setdefault(selector, name)
                if other != name:
                    message = f"{selector} is both in {other} and in {name}"
                    suggestion = f"it in only one of {other} and {name}"
                    self._say(message, suggestion, TABLE, name, selector)

    def _say(
        self, message: str, suggestion: str, table: tuple[str, ...], name: str, value: str = ""
    ) -> None:
        place = self._toml.place(table, name, value)
        self.wrong.append(self._toml.diagnostic(WRONG, message, suggestion, place))


REASON = "without it the file cannot be used, or Heroku or the engine fails"
