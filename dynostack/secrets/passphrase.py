"""Which passphrase encrypts a stack's secrets."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.local.workspace import PASSPHRASE, PASSPHRASE_FILE, STATE_PASSPHRASE
from dynostack.secrets.errors import SecretRefused
from dynostack.secrets.passphrase_key import DamagedSalt, PassphraseKey

PUBLIC = (STATE_PASSPHRASE, "")
"""Passphrases that everybody knows; a shell in the local environment has the first."""


class Ask(Protocol):
    """Asks a person for a hidden text; raises SecretRefused if there is no terminal."""

    def __call__(self, question: str, *, without: str, twice: bool = False) -> str:
        """Return the answer, which is not empty.

        Args:
            question: what to ask for.
            without: the message of the error if nobody can answer.
            twice: whether to ask again for confirmation.
        """


def passphrase_of_shell(variables: Mapping[str, str]) -> str | None:
    """Return the passphrase that the engine would use in this shell; None if it would ask.

    Raises:
        SecretRefused: the file with the passphrase cannot be read.
    """
    if PASSPHRASE in variables:
        return variables[PASSPHRASE]
    if file := variables.get(PASSPHRASE_FILE):
        try:
            return Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SecretRefused(
                f"the file in {PASSPHRASE_FILE} cannot be read; set it to a text file"
            ) from None
    return None


@dataclass(frozen=True)
class Passphrase:
    """Where the passphrase of one stack's file comes from."""

    stack: str
    variables: Mapping[str, str]
    """The environment variables of this shell."""
    ask: Ask

    def key(self, salt: str, *, has_secrets: bool) -> PassphraseKey:
        """Return the key for the stack's secrets.

        The stack `local` has the public passphrase of the local environment.  Any other stack has
        its own: if the salt is of a public one and encrypts nothing yet, it gets a new salt.

        Args:
            salt: the file's `encryptionsalt`; empty if it has none.
            has_secrets: whether the file has encrypted values.

        Raises:
            SecretRefused: the passphrase is wrong, unknown or public.
        """
        if not salt:
            return PassphraseKey.new(self._new())
        own = passphrase_of_shell(self.variables)
        candidates = [each for each in (own, *PUBLIC) if each is not None]
        for passphrase in dict.fromkeys(candidates):
            if key := self._key(salt, passphrase):
                if passphrase not in PUBLIC or self.stack == LOCAL_STACK:
                    return key
                if has_secrets:
                    raise self._public(passphrase)
                return PassphraseKey.new(self._new())
        if own is not None and own not in PUBLIC:
            variable = PASSPHRASE if PASSPHRASE in self.variables else PASSPHRASE_FILE
            raise SecretRefused(
                f"{variable} does not decrypt the secrets of {self._file}; set it to their"
                " passphrase"
            )
        asked = self.ask(
            f"Passphrase of {self._file}",
            without=f"the passphrase of {self._file} is unknown; set {PASSPHRASE} to it, or"
            f" {PASSPHRASE_FILE} to a file with it",
        )
        if key := self._key(salt, asked):
            return key
        raise SecretRefused(f"this passphrase does not decrypt the secrets of {self._file}")

    def _new(self) -> str:
        if self.stack == LOCAL_STACK:
            return STATE_PASSPHRASE
        own = passphrase_of_shell(self.variables)
        if own is not None and own not in PUBLIC:
            return own
        asked = self.ask(
            f"New passphrase that protects the secrets of {self._file}",
            without=f"{self._file} has no passphrase of its own; set {PASSPHRASE} to a new one, or"
            f" {PASSPHRASE_FILE} to a file with it",
            twice=True,
        )
        if asked in PUBLIC:
            raise SecretRefused("this passphrase is public; choose another one")
        return asked

    def _key(self, salt: str, passphrase: str) -> PassphraseKey | None:
        try:
            return PassphraseKey.of_salt(salt, passphrase)
        except DamagedSalt:
            raise SecretRefused(
                f"encryptionsalt in {self._file} is damaged; restore it from an earlier version of"
                " the file"
            ) from None

    def _public(self, passphrase: str) -> SecretRefused:
        change = ("pulumi", "stack", "change-secrets-provider", "passphrase", "-s", self.stack)
        return SecretRefused(
            f"everybody can decrypt the secrets of {self._file}, because their passphrase is"
            " public; replace it with one of the stack's own, and try again:"
            f" {PASSPHRASE}={shlex.quote(passphrase)} {shlex.join(change)}"
        )

    @property
    def _file(self) -> str:
        return f"Pulumi.{self.stack}.yaml"
