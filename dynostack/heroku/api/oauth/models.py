"""OAuth authorizations: the keys that accounts have beside the first one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from dynostack.heroku.api.account import models as accounts
from dynostack.heroku.api.account.models import User
from dynostack.heroku.api.oauth.errors import AuthorizationNotFoundError, ScopeError
from dynostack.heroku.platform import Document, Platform
from dynostack.heroku.store import Record

# https://devcenter.heroku.com/articles/oauth#scopes
SCOPES = ("global", "identity", "read", "write", "read-protected", "write-protected")


@dataclass(frozen=True, kw_only=True)
class Authorization(Record):
    """Its parent is the account; its `token` is a key.  `expires_at` is in seconds since 1970."""

    description: str
    scope: list[str]
    token_id: str
    token: str = field(repr=False)
    expires_at: float | None = None


def create(
    platform: Platform,
    user: User,
    description: str,
    scope: Sequence[str] = ("global",),
    expires_in: int | None = None,
) -> Authorization:
    """A new key of the account; it expires after so many seconds.  Raises ScopeError."""
    for name in scope:
        if name not in SCOPES:
            raise ScopeError(name=name, known=", ".join(SCOPES))
    return platform.store.put(
        Authorization(
            **platform.stamp(),
            parent=user.id,
            description=description,
            scope=list(scope),
            token_id=str(uuid4()),
            token=new_token(),
            expires_at=None if expires_in is None else _seconds(platform) + expires_in,
        )
    )


def new_token() -> str:
    return f"HRKU-{uuid4()}"


def opened_by(platform: Platform, token: str) -> Authorization | None:
    """The authorization that this key is of, unless it has expired."""
    found = platform.store.named(Authorization, token=token)
    return found if found and not _expired(platform, found) else None


def every(platform: Platform, user: User) -> list[Authorization]:
    return platform.store.every(Authorization, parent=user.id)


def find(platform: Platform, user: User, identity: str) -> Authorization:
    """The account's authorization of that id.  Raises AuthorizationNotFoundError."""
    found = platform.store.find(Authorization, identity)
    if found is None or found.parent != user.id:
        raise AuthorizationNotFoundError
    return found


def regenerate(platform: Platform, authorization: Authorization) -> Authorization:
    """Another key; the one it had opens nothing any more."""
    return platform.change(authorization, token_id=str(uuid4()), token=new_token())


def _seconds(platform: Platform) -> float:
    return platform.clock().timestamp()


def _expired(platform: Platform, authorization: Authorization) -> bool:
    return authorization.expires_at is not None and _seconds(platform) >= authorization.expires_at


def document(platform: Platform, authorization: Authorization) -> Document:
    user = accounts.find(platform, authorization.parent or "")
    left = authorization.expires_at and max(0, round(authorization.expires_at - _seconds(platform)))
    return {
        "id": authorization.id,
        "description": authorization.description,
        "scope": authorization.scope,
        "access_token": {
            "id": authorization.token_id,
            "token": authorization.token,
            "expires_in": left,
        },
        "client": None,
        "grant": None,
        "refresh_token": None,
        "user": {"id": user.id, "email": user.email, "full_name": user.name},
        "created_at": authorization.created_at,
        "updated_at": authorization.updated_at,
    }
