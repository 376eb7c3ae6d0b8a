"""API keys: whose key a request came with.

The first key is made at the first start, kept in a file that only its owner reads, and is the
account's that the local Heroku was started with.  The others are those of OAuth authorizations.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from pathlib import Path
from uuid import uuid4

from dynostack.heroku.api.account import models as accounts
from dynostack.heroku.api.account.models import User
from dynostack.heroku.api.oauth import models as authorizations
from dynostack.heroku.errors import CredentialsError, NoCredentialsError
from dynostack.heroku.platform import Platform


def load_key(file: Path) -> str:
    """The key in this file, made when there is none."""
    if not file.is_file():
        file.touch(mode=0o600)
        file.write_text(f"{uuid4()}\n")
    return file.read_text().strip()


class Keys:
    """All keys of a local Heroku."""

    def __init__(self, platform: Platform, first: str) -> None:
        self._platform = platform
        self._first = first.encode()

    def owner(self, header: str | None) -> User:
        """The account whose key the `Authorization` header holds.

        Raises the 401 that Heroku gives when it holds none, or one that nobody has.
        """
        if not header:
            raise NoCredentialsError
        given = _given(header)
        if given is None:
            raise CredentialsError
        if hmac.compare_digest(given.encode(), self._first):
            return accounts.known(self._platform, self._platform.settings.account)
        opened = authorizations.opened_by(self._platform, given)
        if opened is None:
            raise CredentialsError
        return accounts.find(self._platform, opened.parent or "")


def _given(header: str) -> str | None:
    """The key as a Bearer token or as the password of any user name.

    https://devcenter.heroku.com/articles/platform-api-quickstart#authentication
    """
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
