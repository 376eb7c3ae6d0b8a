"""The API key: made at the first start, kept in a file that only its owner reads."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from pathlib import Path
from uuid import uuid4

from dynostack.heroku.errors import CredentialsError, NoCredentialsError


def load_key(file: Path) -> str:
    """The key in this file, made when there is none."""
    if not file.is_file():
        file.touch(mode=0o600)
        file.write_text(f"{uuid4()}\n")
    return file.read_text().strip()


def check(header: str | None, key: str) -> None:
    """Raise the 401 that Heroku gives unless the `Authorization` header holds the key.

    It may come as a Bearer token or as the password of any user name, as
    https://devcenter.heroku.com/articles/platform-api-quickstart#authentication has it.
    """
    if not header:
        raise NoCredentialsError
    given = _given(header)
    if given is None or not hmac.compare_digest(given.encode(), key.encode()):
        raise CredentialsError


def _given(header: str) -> str | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
