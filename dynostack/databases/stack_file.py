"""The stack's file: what it declares about a database, and the edits that a move makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dynostack.check.edits import difference, read
from dynostack.databases.errors import MoveRefused
from dynostack.environment import Database, Environment, examine
from dynostack.environment.database_moves import MAIN, key_of
from dynostack.environment.schema import project_name
from dynostack.environment.source.yaml_changes import NotChangeable, with_value, without_key
from localheroku.core.atomic_files import rewrite

PREVIOUS = "previous"


@dataclass(frozen=True)
class StackFile:
    """The file Pulumi.<stack>.yaml of one project."""

    project: Path
    stack: str

    @property
    def name(self) -> str:
        """Return the file's name."""
        return f"Pulumi.{self.stack}.yaml"

    @property
    def path(self) -> Path:
        """Return the file's path."""
        return self.project / self.name

    def environment(self, draft: str | None = None) -> Environment:
        """Return the validated environment.

        Args:
            draft: a text to validate instead of the file's.

        Raises:
            MoveRefused: the file, or the draft, has errors.
        """
        examined = examine(self.stack, self.project, draft=draft)
        if examined.environment is None:
            raise MoveRefused("\n".join(map(str, examined.errors)))
        return examined.environment

    def text(self) -> str:
        """Return the file's text.

        Raises:
            MoveRefused: there is no such file.
        """
        try:
            return read(self.path)
        except FileNotFoundError:
            raise MoveRefused(
                f"{self.project} contains no {self.name}; check the stack's name"
            ) from None

    def write(self, text: str) -> str:
        """Replace the file's text.

        Returns:
            The difference; empty if there is none.
        """
        before = self.text()
        if text == before:
            return ""
        rewrite(self.path, text)
        return difference(self.name, before, text)

    def advice(self, changed: str) -> str:
        """Return what to do with a difference of the file."""
        return f"commit this change to {self.name}:\n{changed}"

    def with_database(self, text: str, resource: str, values: Mapping[str, object]) -> str:
        """Return the text with other values of a database.

        Raises:
            MoveRefused: the text cannot be edited.
        """
        try:
            for key, value in values.items():
                text = with_value(text, (*self._keys(resource), key), value)
        except NotChangeable as error:
            raise MoveRefused(f"{self.name}: {error}") from None
        return text

    def without_database(self, text: str, resource: str) -> str:
        """Return the text without an additional database.

        Raises:
            MoveRefused: the text cannot be edited.
        """
        try:
            return without_key(text, self._keys(resource))
        except NotChangeable as error:
            raise MoveRefused(f"{self.name}: {error}") from None

    def _keys(self, resource: str) -> tuple[str, ...]:
        section = f"{project_name(self.project)}:{MAIN}"
        key = key_of(resource)
        return ("config", section, "databases", key) if key else ("config", section)


def resource_of(key: str) -> str:
    """Return the name of a database's resource from its key in the file; empty is the main one."""
    return f"{MAIN}-{key}" if key and key != MAIN else MAIN


def previous_of(resource: str) -> str:
    """Return the name of the resource under which a move keeps the old database."""
    key = key_of(resource)
    return resource_of(f"{key}-{PREVIOUS}" if key else PREVIOUS)


def declared(environment: Environment, resource: str) -> Database | None:
    """Return a database's section of an environment; None if there is none."""
    section = environment.postgres
    if section is None:
        return None
    key = key_of(resource)
    return section.databases.get(key) if key else section
