"""OAuth clients: programs that accounts authorize to call in their name."""

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
    """Its parent is the account that registered it."""

    name: str
    redirect_uri: str
    secret: str = field(repr=False)


def every(state: State, user: User) -> list[Client]:
    return state.store.every(Client, parent=user.id)


def find(state: State, identity: str) -> Client:
    """The client of that id, whoever registered it.  Raises ClientNotFoundError."""
    client = state.store.find(Client, identity)
    if client is None:
        raise ClientNotFoundError
    return client


def find_own(state: State, user: User, identity: str) -> Client:
    """The client of that id that the account registered.  Raises ClientNotFoundError."""
    client = find(state, identity)
    if client.parent != user.id:
        raise ClientNotFoundError
    return client


def create(state: State, user: User, name: str, redirect_uri: str) -> Client:
    """Raises RedirectError for an address that is not secure."""
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
    """Another name or address.  Raises RedirectError for an address that is not secure."""
    if "redirect_uri" in changes:
        _check_redirect(changes["redirect_uri"])
    return state.change(client, **changes)


def rotate(state: State, client: Client) -> Client:
    """Another secret."""
    return state.change(client, secret=str(uuid4()))


def check_secret(client: Client, secret: str) -> None:
    """Raises CredentialsError when it is not the client's."""
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
    """How authorizations show a client."""
    return {"id": client.id, "name": client.name, "redirect_uri": client.redirect_uri}
