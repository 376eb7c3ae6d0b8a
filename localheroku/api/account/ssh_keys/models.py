"""Public SSH keys of an account.  They are kept and shown: git is spoken over HTTP here.

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
    """Its parent is the user."""

    public_key: str
    fingerprint: str
    comment: str


def of_user(state: State, user: User) -> list[SshKey]:
    return state.store.every(SshKey, parent=user.id)


def find(state: State, user: User, identity: str) -> SshKey:
    """The user's key of that id or fingerprint.  Raises KeyNotFoundError."""
    for key in of_user(state, user):
        if identity in (key.id, key.fingerprint):
            return key
    raise SshKeyNotFoundError


def add(state: State, user: User, text: str) -> SshKey:
    """Raises KeyFormError for what is no key, KeyTakenError for one that somebody has."""
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
    """MD5 in pairs, as Heroku shows it.  Raises KeyFormError."""
    kind, _, rest = public_key.partition(" ")
    try:
        blob = base64.b64decode(rest.partition(" ")[0], validate=True)
    except binascii.Error:
        raise SshKeyFormError from None
    # The key itself begins with the length of its type's name, and the name.
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
