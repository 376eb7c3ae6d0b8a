"""API keys, and the account to which the key of a request belongs.

The first key is created at the first start and kept in a file that only its owner can read; it
belongs to the account that the local Heroku was started with. The others belong to OAuth
authorizations.
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
    """Return the key in this file; create it if missing, as an empty key would let everyone in.

    The file then contains the key and nothing else, as its readers expect.
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
    """The account that a key belongs to, and the key's scope."""

    account: User
    scope: Sequence[str]


class ApiKeys:
    """All keys of a local Heroku."""

    def __init__(self, state: State, first: str) -> None:
        self._state = state
        self._first = first

    def owner(self, header: str | None) -> User:
        """Return the account whose key the `Authorization` header holds; its scope must be global.

        Raises:
            ApiError: the key is missing, unknown or not global.
        """
        access = self.access(header)
        scopes.check(access.scope, (scopes.GLOBAL,))
        return access.account

    def access(self, header: str | None) -> KeyAccess:
        """Return what the key in the `Authorization` header gives access to.

        Raises:
            NoCredentialsError: the header is missing.
            CredentialsError: the header has no key, or an unknown one.
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
        """Return the path without the first key, which has no prefix and looks like an id."""
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
