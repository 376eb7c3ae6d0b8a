"""Edits that make a stack's file match what Heroku has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from dynostack.description.sections import SecretText
from dynostack.environment.source import yaml_changes

SECURE = "secure"


@dataclass(frozen=True)
class Edit:
    """A new value at one place of a file."""

    keys: tuple[str, ...]
    """The keys to the place, beginning with the section."""
    value: Any = None
    """The value; None to remove the place, SecretText to encrypt it."""
    member: str = ""
    """The entry of the list at the place, by its text or its email; empty for the place itself."""

    def encrypted(self, ciphertexts: Mapping[SecretText, str]) -> Edit:
        """Return the edit with a ciphertext in place of a secret."""
        if isinstance(self.value, SecretText):
            return replace(self, value={SECURE: ciphertexts[self.value]})
        return self

    def of(self, text: str, prefix: str) -> str:
        """Return the text of a file with the edit applied.

        Args:
            text: the text.
            prefix: the project's name and a colon, which are before a section in the file.

        Raises:
            NotChangeable: the edit would affect other values.
        """
        section, *rest = self.keys
        keys = ["config", f"{prefix}{section}", *rest]
        if self.member:
            return self._in_list(text, keys)
        there = _at(text, keys)
        if self.value is None:
            return text if there is None else yaml_changes.without_key(text, keys)
        if isinstance(there, dict) and [*there] == [SECURE] and isinstance(self.value, dict):
            return yaml_changes.with_value(text, [*keys, SECURE], self.value[SECURE])
        return yaml_changes.with_value(text, keys, self.value)

    def _in_list(self, text: str, keys: list[str]) -> str:
        entries = _at(text, keys)
        named = list(map(_name, entries)) if isinstance(entries, list) else []
        if self.member not in named:
            return text if self.value is None else yaml_changes.with_entry(text, keys, self.value)
        index = named.index(self.member)
        if self.value is None:
            return yaml_changes.without_entry(text, keys, index)
        return yaml_changes.with_other_entry(text, keys, index, self.value)


def _at(text: str, keys: list[str]) -> Any:
    value = yaml.safe_load(text)
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _name(entry: object) -> str:
    """Return what names an entry of a list: its email, or its text."""
    if isinstance(entry, dict):
        return str(entry.get("email", "")).lower()
    return str(entry)
