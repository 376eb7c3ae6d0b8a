"""Tokens that OAuth clients exchange a code for and can refresh; each is a session.

https://devcenter.heroku.com/articles/oauth#web-application-authorization
"""

from __future__ import annotations

from uuid import uuid4

from localheroku.api.account.records import User
from localheroku.api.oauth import models as authorizations
from localheroku.api.oauth.clients import models as clients
from localheroku.api.oauth.models import Authorization, Token
from localheroku.api.oauth.tokens.errors import (
    GrantNotFoundError,
    SessionNotFoundError,
    TokenNotFoundError,
)
from localheroku.core.state import Document, State

TOKEN_SECONDS = 8 * 60 * 60
CODE, REFRESH = "authorization_code", "refresh_token"
GRANT_TYPES = (CODE, REFRESH)


def take(state: State, user: User, code: str, secret: str) -> Token:
    """Exchange a code of the account for tokens; each code works once.

    Raises:
        GrantNotFoundError: The code is unknown or has expired.
        CredentialsError: The secret is not the client's.
    """
    for authorization in authorizations.every(state, user):
        if authorization.code == code:
            _check_client(state, authorization, secret)
            if authorization.code_expires_at <= authorizations.seconds(state):
                break
            with state.store.transaction():
                state.change(authorization, code=None)
                return _issue(state, authorization, str(uuid4()), {"type": CODE, "code": code})
    raise GrantNotFoundError


def renew(state: State, user: User, refresh: str, secret: str) -> Token:
    """Issue new tokens for a refresh token of the account, in the same session.

    Raises:
        GrantNotFoundError: The refresh token is unknown.
        CredentialsError: The secret is not the client's.
    """
    for token in sessions(state, user):
        if token.refresh == refresh:
            authorization = authorizations.find(state, user, token.parent or "")
            _check_client(state, authorization, secret)
            grant = {**token.grant, "type": REFRESH}
            return _issue(state, authorization, token.session_id, grant)
    raise GrantNotFoundError


def sessions(state: State, user: User) -> list[Token]:
    """Return the account's tokens that belong to OAuth clients."""
    return [
        token
        for authorization in authorizations.every(state, user)
        for token in authorizations.tokens(state, authorization)
        if token.session_id
    ]


def find(state: State, user: User, identity: str) -> Token:
    """Return the account's token with an id.

    Raises:
        TokenNotFoundError: No client has such a token.
    """
    for token in sessions(state, user):
        if token.id == identity:
            return token
    raise TokenNotFoundError


def find_session(state: State, user: User, identity: str) -> Token:
    """Return the token of a session.

    Raises:
        SessionNotFoundError: The account has no such session.
    """
    for token in sessions(state, user):
        if token.session_id == identity:
            return token
    raise SessionNotFoundError


def _check_client(state: State, authorization: Authorization, secret: str) -> None:
    clients.check_secret(clients.find(state, authorization.client_id or ""), secret)


def _issue(
    state: State, authorization: Authorization, session_id: str, grant: dict[str, str]
) -> Token:
    return authorizations.issue(
        state,
        authorization,
        expires_in=TOKEN_SECONDS,
        refresh=str(uuid4()),
        refresh_id=str(uuid4()),
        session_id=session_id,
        grant=grant,
    )


def document(state: State, user: User, token: Token) -> Document:
    authorization = authorizations.find(state, user, token.parent or "")
    client = clients.find(state, authorization.client_id or "")
    return {
        "id": token.id,
        "access_token": authorizations.access_document(state, token),
        "refresh_token": authorizations.refresh_document(token),
        "authorization": {"id": authorization.id},
        "client": {"secret": client.secret},
        "grant": token.grant,
        "session": {"id": token.session_id},
        "user": {"id": user.id},
        "created_at": token.created_at,
        "updated_at": token.updated_at,
    }


def session_document(state: State, user: User, token: Token) -> Document:
    authorization = authorizations.find(state, user, token.parent or "")
    return {
        "id": token.session_id,
        "description": authorization.description,
        "expires_in": authorizations.seconds_left(state, token),
        "created_at": token.created_at,
        "updated_at": token.updated_at,
    }
