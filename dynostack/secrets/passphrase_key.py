"""The key that a passphrase and a stack's salt make, in the format of Pulumi's engine.

A ciphertext is `v1:<nonce>:<AES-256-GCM>`.  The file's `encryptionsalt` is
`v1:<salt>:<ciphertext>`, where the ciphertext of the text "pulumi" tells whether a passphrase is
right.
https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/config/crypt.go
https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/secrets/passphrase/manager.go
"""

from __future__ import annotations

import binascii
import hashlib
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = "v1"
KEY_BYTES, NONCE_BYTES, SALT_BYTES = 32, 12, 8
ITERATIONS = 1_000_000
KNOWN_TEXT = "pulumi"


class DamagedSalt(Exception):
    """The file's `encryptionsalt` does not have the engine's format."""


@dataclass(frozen=True)
class PassphraseKey:
    """The key of one stack."""

    salt: str
    """The value of `encryptionsalt`."""
    _key: bytes = field(repr=False)

    @classmethod
    def new(cls, passphrase: str) -> PassphraseKey:
        """Return the key for a passphrase and a new salt."""
        salt = os.urandom(SALT_BYTES)
        key = _derived(passphrase, salt)
        return cls(f"{VERSION}:{_encoded(salt)}:{_encrypted(key, KNOWN_TEXT)}", key)

    @classmethod
    def of_salt(cls, salt: str, passphrase: str) -> PassphraseKey | None:
        """Return the key for a stack's salt; None if the passphrase is wrong.

        Raises:
            DamagedSalt: the text is not a salt.
        """
        try:
            version, random, check, nonce, ciphertext = salt.split(":")
            if (version, check) != (VERSION, VERSION) or len(_decoded(nonce)) != NONCE_BYTES:
                raise ValueError(salt)
            key = _derived(passphrase, _decoded(random))
            known = AESGCM(key).decrypt(_decoded(nonce), _decoded(ciphertext), None)
        except InvalidTag:
            return None
        except (ValueError, binascii.Error):
            raise DamagedSalt from None
        return cls(salt, key) if known == KNOWN_TEXT.encode() else None

    def decrypts(self, ciphertext: str) -> bool:
        """Return whether a ciphertext was made with this key."""
        _, nonce, encrypted = ciphertext.split(":")
        try:
            AESGCM(self._key).decrypt(_decoded(nonce), _decoded(encrypted), None)
        except InvalidTag:
            return False
        return True

    def encrypted(self, value: str) -> str:
        """Return a value's ciphertext."""
        return _encrypted(self._key, value)


def _derived(passphrase: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ITERATIONS, KEY_BYTES)


def _encrypted(key: bytes, value: str) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return (
        f"{VERSION}:{_encoded(nonce)}:{_encoded(AESGCM(key).encrypt(nonce, value.encode(), None))}"
    )


def _encoded(data: bytes) -> str:
    return b64encode(data).decode()


def _decoded(text: str) -> bytes:
    return b64decode(text, validate=True)
