"""The text of the file that describes an adopted app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dynostack.adopt.errors import AdoptRefused
from dynostack.description.environment import Description
from dynostack.description.sections import Data, SecretText
from dynostack.environment import Diagnostic, examine
from dynostack.environment.schema import MODELINE
from dynostack.scaffold.environment_file import scalar

Keys = tuple[str | int, ...]
UNFOLDED = 2**20
"""A width at which no value is folded."""
NEEDED: frozenset[Keys] = frozenset({("account",), ("app",), ("app", "name"), ()})
"""The keys that every file has."""


@dataclass(frozen=True)
class Line:
    """One line of a file."""

    text: str
    path: Keys = ()
    """The keys to the entry that the line belongs to, beginning with the section."""


@dataclass(frozen=True)
class StackFile:
    """The file of one stack."""

    project: str
    stack: str
    app: str
    description: Description
    ciphertexts: Mapping[SecretText, str]
    beside: dict[str, str]
    """The keys beside `config:` that belong to the secrets provider, and their values."""
    has_schema: bool
    """Whether the project has a schema for editors."""

    @property
    def text(self) -> str:
        """Return the text of the file."""
        return "".join(f"{line.text}\n" for line in self.lines())

    def lines(self) -> Iterator[Line]:
        """Yield the lines of the file."""
        yield from (Line(text) for text in self._head())
        yield Line("config:")
        for name, value in self.description.sections.items():
            yield from self._section(name, value)
        if self.beside:
            yield from map(Line, yaml.safe_dump(self.beside, width=UNFOLDED).splitlines())

    def _head(self) -> Iterator[str]:
        if self.has_schema:
            yield MODELINE
            yield "#"
        yield f"# The app {self.app}, adopted as it was on Heroku.  There is no source: its code"
        yield "# keeps coming as it does."
        if self.description.unsaid:
            yield "#"
            yield "# Not in this file, and not changed by it:"
            yield from (f"# - {each}" for each in self.description.unsaid)

    def _section(self, name: str, value: Any) -> Iterator[Line]:
        key = f"  {self.project}:{name}:"
        if isinstance(value, str) or name in ("memcached", "pipeline"):
            yield Line(f"{key} {self._flow(value)}", (name,))
            return
        yield Line(key, (name,))
        yield from self._entries((name,), value, "    ")

    def _entries(self, path: Keys, value: Data | list[Any], indent: str) -> Iterator[Line]:
        if isinstance(value, list):
            for index, each in enumerate(value):
                yield Line(f"{indent}- {self._flow(each)}", (*path, index))
            return
        for key, each in value.items():
            place = (*path, key)
            owner = path if path[0] == "postgres" and key in ("plan", "name") else place
            if isinstance(each, SecretText):
                yield Line(f"{indent}{scalar(key)}:", place)
                yield Line(f"{indent}  secure: {self.ciphertexts[each]}", place)
            elif key in ("configVars", "databases"):
                yield Line(f"{indent}{key}:", place)
                yield from self._entries(place, each, f"{indent}  ")
            else:
                yield Line(f"{indent}{scalar(key)}: {self._flow(each)}", owner)

    def _flow(self, value: Any) -> str:
        if isinstance(value, bool | int):
            return str(value).lower()
        if isinstance(value, list):
            return f"[{', '.join(map(self._flow, value))}]"
        if isinstance(value, dict):
            parts = (f"{scalar(key)}: {self._flow(each)}" for key, each in value.items())
            return f"{{{', '.join(parts)}}}"
        return scalar(value)

    def refuse_errors(self, project: Path) -> None:
        """Leave out each entry that the file cannot have, and list it among what is unsaid.

        Args:
            project: the folder of Pulumi.yaml.

        Raises:
            AdoptRefused: something that a file must have is wrong.
        """
        while errors := examine(self.stack, project, draft=self.text).errors:
            paths = {path: each for each in errors if (path := self._path(each)) not in NEEDED}
            if not paths:
                raise AdoptRefused(
                    f"the app {self.app} cannot be described in a file: {errors[0].headline}"
                    f"\n      = {errors[0].suggestion}; nothing was written"
                )
            for path, error in sorted(paths.items(), key=_order, reverse=True):
                if _without(self.description.sections, path):
                    name = ".".join(key for key in path if isinstance(key, str))
                    self.description.unsaid.append(f"{name}: {error.message}")

    def _path(self, error: Diagnostic) -> Keys:
        """Return the path of the entry that an error points at; () if it points at none."""
        lines = list(self.lines())
        if error.place is None or error.place.line > len(lines):
            return ()
        return lines[error.place.line - 1].path


def _order(found: tuple[Keys, Diagnostic]) -> tuple[str, ...]:
    """Return a key that sorts the entries of a list by their numbers."""
    return tuple(f"{key:09}" if isinstance(key, int) else key for key in found[0])


def _without(sections: Data, path: Sequence[str | int]) -> bool:
    """Remove an entry, and a section that becomes empty; return whether it was there."""
    parents: list[Any] = [sections]
    for key in path[:-1]:
        parents.append(parents[-1][key])
    try:
        del parents[-1][path[-1]]
    except (IndexError, KeyError):
        return False
    for depth in range(len(path) - 1, 0, -1):
        if not parents[depth]:
            del parents[depth - 1][path[depth - 1]]
    return True
