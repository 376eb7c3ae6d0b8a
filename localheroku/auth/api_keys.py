"""API keys: whose key a request came with.

The first key is made at the first start, kept in a file that only its owner reads, and is the
account's that the local Heroku was started with.  The others are those of OAuth authorizations.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from localheroku.api.account import models as accounts
from localheroku.api.account.records import User
from localheroku.api.oauth import models as authorizations
from localheroku.auth import scopes
from localheroku.core.atomic_files import write_private
from localheroku.core.errors import CredentialsError, NoCredentialsError
from localheroku.core.redaction import HIDDEN
from localheroku.core.state import State


def load_key(file: Path) -> str:
    """The key in this file, made when there is none: an empty one would let everybody in.

    The file then holds it and nothing else, as its readers expect.
    """
    stored = file.read_text(errors="replace") if file.is_file() else ""
    key = stored.strip()
    if not (key and key.isascii()):
        key = str(uuid4())
    if stored != key:
        write_private(file, key)
    return key


@dataclass(frozen=True)
class KeyAccess:
    """What a key gives access to: an account, with a scope."""

    account: User
    scope: Sequence[str]


class ApiKeys:
    """All keys of a local Heroku."""

    def __init__(self, state: State, first: str) -> None:
        self._state = state
        self._first = first

    def owner(self, header: str | None) -> User:
        """The account whose key the `Authorization` header holds; it must be one for everything.

        Raises the ApiError that refuses it.
        """
        access = self.access(header)
        scopes.check(access.scope, (scopes.GLOBAL,))
        return access.account

    def access(self, header: str | None) -> KeyAccess:
        """Return what the key in the `Authorization` header gives access to.

        Raises the 401 that Heroku gives when it holds none, or one that nobody has.
        """
        if not header:
            raise NoCredentialsError
        key = _parse_key(header)
        if key is None:
            raise CredentialsError
        if hmac.compare_digest(key.encode(), self._first.encode()):
            first = accounts.known(self._state, self._state.settings.account)
            return KeyAccess(first, (scopes.GLOBAL,))
        found = authorizations.of_key(self._state, key)
        if found is None:
            raise CredentialsError
        return KeyAccess(accounts.find(self._state, found.parent or ""), found.scope)

    def redact(self, path: str) -> str:
        """Return the path without the first key: it looks like an id, other keys have a prefix."""
        return path.replace(self._first, HIDDEN) if self._first in path else path


def _parse_key(header: str) -> str | None:
    """Return the key: a Bearer token, or the password of any user name.

    https://devcenter.heroku.com/articles/platform-api-quickstart#authentication
    """
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() if value.isascii() else None
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
