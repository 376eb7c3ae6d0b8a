"""Decryption of a file's secrets, to find those that Pulumi could not decrypt."""

from __future__ import annotations

from collections.abc import Mapping

from dynostack.environment.source.encrypted_values import (
    IsDecryptable,
    KeyOfSalt,
    no_passphrase,
)
from dynostack.secrets.passphrase import passphrase_of_shell
from dynostack.secrets.passphrase_key import DamagedSalt, PassphraseKey


def key_of_salt(variables: Mapping[str, str]) -> KeyOfSalt:
    """Return a function that finds the key of a file which has this shell's passphrase.

    Raises:
        SecretRefused: the file with the passphrase cannot be read.
    """
    passphrase = passphrase_of_shell(variables)
    if passphrase is None:
        return no_passphrase

    def key(salt: str) -> IsDecryptable | None:
        try:
            found = PassphraseKey.of_salt(salt, passphrase)
        except DamagedSalt:
            return None
        return found.decrypts if found else None

    return key
