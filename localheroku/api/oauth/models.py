"""OAuth authorizations and their tokens, which are API keys in addition to the first one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from localheroku.api.account import models as accounts
from localheroku.api.account.records import User
from localheroku.api.oauth.clients import models as clients
from localheroku.api.oauth.clients.models import Client
from localheroku.api.oauth.errors import AuthorizationNotFoundError, ScopeError
from localheroku.auth.scopes import GLOBAL, SCOPES
from localheroku.core.record import Record
from localheroku.core.redaction import KEY_PREFIX
from localheroku.core.state import Document, State

DEFAULT_SCOPE = (GLOBAL,)
DEFAULT_DESCRIPTION = "Long-lived user authorization"
GRANT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Authorization(Record):
    """An authorization of an account (the parent record).

    It has a `code` until an OAuth client exchanges the code for tokens.
    """

    description: str
    scope: list[str]
    client_id: str | None = None
    code: str | None = field(default=None, repr=False)
    code_expires_at: float = 0


@dataclass(frozen=True, kw_only=True)
class Token(Record):
    """An API key. The parent record is the authorization; `expires_at` is in seconds since 1970.

    A token of an OAuth client also has a `refresh` token and a session.
    """

    token: str = field(repr=False)
    expires_at: float | None = None
    refresh: str | None = field(default=None, repr=False)
    refresh_id: str = ""
    session_id: str = ""
    grant: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class NewAuthorization:
    """The options of a new authorization; with a client, it gets a code instead of a token."""

    description: str = DEFAULT_DESCRIPTION
    scope: Sequence[str] = DEFAULT_SCOPE
    expires_in: int | None = None
    client: Client | None = None


def create(state: State, user: User, new: NewAuthorization) -> Authorization:
    """Create an authorization.

    Raises:
        ScopeError: A scope is unknown.
    """
    for name in new.scope:
        if name not in SCOPES:
            raise ScopeError(name=name, known=", ".join(SCOPES))
    authorization = Authorization(
        **state.stamp(),
        parent=user.id,
        description=new.description,
        scope=list(new.scope),
        client_id=new.client.id if new.client else None,
        code=str(uuid4()) if new.client else None,
        code_expires_at=seconds(state) + GRANT_SECONDS,
    )
    with state.store.transaction():
        state.store.put(authorization)
        if new.client is None:
            issue(state, authorization, expires_in=new.expires_in)
    return authorization


def issue(
    state: State, authorization: Authorization, *, expires_in: int | None, **fields: Any
) -> Token:
    """Replace the authorization's tokens with a new one that expires after `expires_in` seconds."""
    with state.store.transaction():
        for before in tokens(state, authorization):
            state.store.remove(before)
        return state.store.put(
            Token(
                **state.stamp(),
                parent=authorization.id,
                token=new_token(),
                expires_at=None if expires_in is None else seconds(state) + expires_in,
                **fields,
            )
        )


def new_token() -> str:
    return f"{KEY_PREFIX}{uuid4()}"


def seconds(state: State) -> float:
    """Return the current time in seconds since 1970."""
    return state.clock().timestamp()


def of_key(state: State, key: str) -> Authorization | None:
    """Return the authorization of an API key, unless the key has expired."""
    token = state.store.named(Token, token=key)
    if token is None or seconds_left(state, token) == 0:
        return None
    return state.store.find(Authorization, token.parent or "")


def seconds_left(state: State, token: Token) -> int | None:
    """Return the seconds until the token expires, or None if it never expires."""
    if token.expires_at is None:
        return None
    return max(0, round(token.expires_at - seconds(state)))


def every(state: State, user: User) -> list[Authorization]:
    return state.store.every(Authorization, parent=user.id)


def tokens(state: State, authorization: Authorization) -> list[Token]:
    return state.store.every(Token, parent=authorization.id)


def find(state: State, user: User, identity: str) -> Authorization:
    """Return the account's authorization with an id.

    Raises:
        AuthorizationNotFoundError: The account has no such authorization.
    """
    found = state.store.find(Authorization, identity, parent=user.id)
    if found is None:
        raise AuthorizationNotFoundError
    return found


def key_of(state: State, authorization: Authorization) -> str | None:
    """Return the authorization's API key, or None while a client has not exchanged the code."""
    return next((token.token for token in tokens(state, authorization)), None)


def regenerate(state: State, authorization: Authorization) -> None:
    """Replace the authorization's API key; the previous key becomes invalid."""
    for before in tokens(state, authorization):
        state.change(before, token=new_token())


def document(state: State, authorization: Authorization) -> Document:
    user = accounts.find(state, authorization.parent or "")
    token = next(iter(tokens(state, authorization)), None)
    client = state.store.find(Client, authorization.client_id or "")
    return {
        "id": authorization.id,
        "description": authorization.description,
        "scope": authorization.scope,
        "access_token": access_document(state, token) if token else None,
        "client": clients.brief(client) if client else None,
        "grant": _grant_document(state, authorization),
        "refresh_token": refresh_document(token) if token else None,
        "user": {"id": user.id, "email": user.email, "full_name": user.name},
        "created_at": authorization.created_at,
        "updated_at": authorization.updated_at,
    }


def access_document(state: State, token: Token) -> Document:
    return {"id": token.id, "token": token.token, "expires_in": seconds_left(state, token)}


def refresh_document(token: Token) -> Document | None:
    if token.refresh is None:
        return None
    return {"id": token.refresh_id, "token": token.refresh, "expires_in": None}


def _grant_document(state: State, authorization: Authorization) -> Document | None:
    if authorization.code is None:
        return None
    remaining = max(0, round(authorization.code_expires_at - seconds(state)))
    return {"id": authorization.id, "code": authorization.code, "expires_in": remaining}
