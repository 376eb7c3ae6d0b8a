"""A stack's file, as far as its secrets need it: what is encrypted, and the edit of one value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dynostack.check.edits import read
from dynostack.environment import Diagnostic, EnvironmentErrors, examine
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.environment.source.yaml_changes import NotChangeable, with_value
from dynostack.secrets.errors import SecretRefused
from localheroku.core.atomic_files import rewrite

SECURE = "secure"
PLACEHOLDER = "# a placeholder"
"""The comment of a value that `dynostack new` made up, until there is a real one."""


@dataclass(frozen=True)
class SecretsFile:
    """The file Pulumi.<stack>.yaml with the text that it had when it was read."""

    project: Path
    stack: str
    section_prefix: str
    """What is before a section in a key of the file: the project's name and a colon."""
    text: str

    @classmethod
    def read(cls, project: Path, stack: str) -> SecretsFile:
        """Read a stack's file.

        Raises:
            SecretRefused: the stack has no file, or it is not an environment's file.
        """
        folder = ProjectFolder(project)
        try:
            folder.page(stack)
            prefix = f"{folder.project}:"
        except EnvironmentErrors as errors:
            raise SecretRefused(str(errors)) from None
        return cls(project, stack, prefix, read(project / f"Pulumi.{stack}.yaml"))

    @property
    def document(self) -> Mapping[str, Any]:
        """Return the file's contents."""
        loaded: dict[str, Any] = yaml.safe_load(self.text)
        return loaded

    @property
    def has_secrets(self) -> bool:
        """Return whether the file has encrypted values."""
        return _has_secrets(self.document)

    def with_secret(self, path: tuple[str, ...], ciphertext: str, beside: Mapping[str, str]) -> str:
        """Return the text with a value encrypted.

        Args:
            path: the keys to the value, beginning with the section.
            ciphertext: the encrypted value.
            beside: keys beside `config:` and their values.

        Raises:
            SecretRefused: a value of another kind is in the way, or the text cannot be edited.
        """
        section, *rest = path
        keys = ["config", f"{self.section_prefix}{section}", *rest]
        parent: Any = self.document
        for key in keys[:-1]:
            parent = parent.get(key) if parent is not None else None
            if parent is not None and (not isinstance(parent, dict) or SECURE in parent):
                raise SecretRefused(f"{key} in Pulumi.{self.stack}.yaml is not a mapping of keys")
        old = (parent or {}).get(keys[-1])
        is_encrypted = isinstance(old, dict) and [*old] == [SECURE]
        try:
            if is_encrypted:
                text = with_value(self.text, (*keys, SECURE), ciphertext)
            else:
                text = with_value(self.text, keys, {SECURE: ciphertext})
                text = re.sub(rf"(?m)({re.escape(ciphertext)}}}) *{PLACEHOLDER}$", r"\1", text)
            for key, value in beside.items():
                text = with_value(text, (key,), value)
        except NotChangeable:
            raise SecretRefused(
                f"Pulumi.{self.stack}.yaml cannot be edited automatically: write {' > '.join(keys)}"
                " with an empty value by hand, and try again"
            ) from None
        return text

    def refuse_errors(self, path: tuple[str, ...], text: str) -> None:
        """Check that a text has no errors about a value, and none that the file does not have.

        Args:
            path: the keys to the value, beginning with the section.
            text: the text with the encrypted value.

        Raises:
            SecretRefused: the value cannot be a secret, or must not be set.
        """
        known = {(each.code, each.section, each.message) for each in self._errors(self.text)}
        place = f"{self.section_prefix}{'.'.join(path)}"
        for each in self._errors(text):
            is_new = (each.code, each.section, each.message) not in known
            if is_new or each.section == place:
                raise SecretRefused(f"{place} cannot be set: {each.message} ({each.explanation})")

    def _errors(self, text: str) -> tuple[Diagnostic, ...]:
        return examine(self.stack, self.project, draft=text).errors

    def write(self, text: str) -> None:
        """Replace the file's text.

        Raises:
            SecretRefused: the file has changed since it was read.
        """
        path = self.project / f"Pulumi.{self.stack}.yaml"
        if read(path) != self.text:
            raise SecretRefused(f"{path.name} was changed meanwhile; try again")
        rewrite(path, text)


def _has_secrets(value: Any) -> bool:
    if isinstance(value, dict):
        return [*value] == [SECURE] or any(map(_has_secrets, value.values()))
    return isinstance(value, list) and any(map(_has_secrets, value))
