"""Public SSH keys of an account.

The local Heroku stores and lists them but does not use them: it serves Git over HTTP only.

https://devcenter.heroku.com/articles/keys
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from localheroku.api.account.records import User
from localheroku.api.account.ssh_keys.errors import (
    SshKeyFormError,
    SshKeyNotFoundError,
    SshKeyTakenError,
)
from localheroku.core.record import Record
from localheroku.core.state import Document, State

TYPES = ("ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384")


@dataclass(frozen=True, kw_only=True)
class SshKey(Record):
    """A public SSH key. The parent record is the user."""

    public_key: str
    fingerprint: str
    comment: str


def of_user(state: State, user: User) -> list[SshKey]:
    return state.store.every(SshKey, parent=user.id)


def find(state: State, user: User, identity: str) -> SshKey:
    """Return the user's key with an id or fingerprint.

    Raises:
        SshKeyNotFoundError: The user has no such key.
    """
    for key in of_user(state, user):
        if identity in (key.id, key.fingerprint):
            return key
    raise SshKeyNotFoundError


def add(state: State, user: User, text: str) -> SshKey:
    """Add a public key to the user's account.

    Raises:
        SshKeyFormError: The text is not a public key.
        SshKeyTakenError: An account already has this key.
    """
    public_key = text.strip()
    fingerprint = _fingerprint(public_key)
    if state.store.named(SshKey, fingerprint=fingerprint):
        raise SshKeyTakenError
    comment = " ".join(public_key.split()[2:])
    return state.store.put(
        SshKey(
            **state.stamp(),
            parent=user.id,
            public_key=public_key,
            fingerprint=fingerprint,
            comment=comment,
        )
    )


def _fingerprint(public_key: str) -> str:
    """Return the MD5 fingerprint in pairs of hexadecimal digits, as Heroku shows it.

    Raises:
        SshKeyFormError: The text is not a public key.
    """
    kind, _, rest = public_key.partition(" ")
    try:
        blob = base64.b64decode(rest.partition(" ")[0], validate=True)
    except binascii.Error:
        raise SshKeyFormError from None
    # The decoded key starts with the length of its type's name, followed by the name.
    # https://datatracker.ietf.org/doc/html/rfc4253#section-6.6
    name = kind.encode()
    if (
        kind not in TYPES
        or "\n" in public_key
        or not blob.startswith(len(name).to_bytes(4, "big") + name)
    ):
        raise SshKeyFormError
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))


def document(user: User, key: SshKey) -> Document:
    return {
        "id": key.id,
        "email": user.email,
        "public_key": key.public_key,
        "fingerprint": key.fingerprint,
        "comment": key.comment,
        "created_at": key.created_at,
        "updated_at": key.updated_at,
    }
