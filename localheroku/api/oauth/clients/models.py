"""OAuth clients: programs that can call the API on behalf of accounts that authorize them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from localheroku.api.account.records import User
from localheroku.api.oauth.clients.errors import ClientNotFoundError, RedirectError
from localheroku.core import redaction
from localheroku.core.errors import CredentialsError
from localheroku.core.record import Record
from localheroku.core.state import Document, State

LOOPBACK = ("localhost", "127.0.0.1")


@dataclass(frozen=True, kw_only=True)
class Client(Record):
    """An OAuth client. The parent record is the account that registered it."""

    name: str
    redirect_uri: str
    secret: str = field(repr=False)


def every(state: State, user: User) -> list[Client]:
    return state.store.every(Client, parent=user.id)


def find(state: State, identity: str) -> Client:
    """Return the client with an id, of any account.

    Raises:
        ClientNotFoundError: There is no such client.
    """
    client = state.store.find(Client, identity)
    if client is None:
        raise ClientNotFoundError
    return client


def find_own(state: State, user: User, identity: str) -> Client:
    """Return the account's own client with an id.

    Raises:
        ClientNotFoundError: The account registered no such client.
    """
    client = find(state, identity)
    if client.parent != user.id:
        raise ClientNotFoundError
    return client


def create(state: State, user: User, name: str, redirect_uri: str) -> Client:
    """Register a client.

    Raises:
        RedirectError: The redirect URI is not secure.
    """
    _check_redirect(redirect_uri)
    return state.store.put(
        Client(
            **state.stamp(),
            parent=user.id,
            name=name,
            redirect_uri=redirect_uri,
            secret=str(uuid4()),
        )
    )


def update(state: State, client: Client, **changes: Any) -> Client:
    """Change the client's name or redirect URI.

    Raises:
        RedirectError: The redirect URI is not secure.
    """
    if "redirect_uri" in changes:
        _check_redirect(changes["redirect_uri"])
    return state.change(client, **changes)


def rotate(state: State, client: Client) -> Client:
    """Replace the client's secret."""
    return state.change(client, secret=str(uuid4()))


def check_secret(client: Client, secret: str) -> None:
    """Check the client's secret.

    Raises:
        CredentialsError: The secret is wrong.
    """
    if not secrets.compare_digest(client.secret.encode(), secret.encode()):
        raise CredentialsError


def _check_redirect(text: str) -> None:
    parts = redaction.split_url(text)
    if parts is None or not (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    ):
        raise RedirectError


def document(client: Client) -> Document:
    return {
        "id": client.id,
        "name": client.name,
        "redirect_uri": client.redirect_uri,
        "secret": client.secret,
        "ignores_delinquent": False,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
    }


def brief(client: Client) -> Document:
    """Return the client as authorizations show it."""
    return {"id": client.id, "name": client.name, "redirect_uri": client.redirect_uri}
