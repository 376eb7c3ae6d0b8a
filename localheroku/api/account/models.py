"""People.  One of them has the first key; others are known from when they are first named."""

from __future__ import annotations

from typing import Any

from localheroku.api.account.errors import OtherAccountError, UserNotFoundError
from localheroku.api.account.records import User
from localheroku.auth import current_account
from localheroku.core.state import Document, State


def current(state: State) -> User:
    """Who calls; what no request asked for is done by the account of the first key."""
    return current_account.account() or known(state, state.settings.account)


def known(state: State, email: str) -> User:
    """The user of this address, who is made known if need be."""
    address = email.strip().lower()
    user = state.store.named(User, email=address)
    return user or state.store.put(User(**state.stamp(), email=address))


def find(state: State, identity: str) -> User:
    """The user of that id or address; `~` is the owner of the key.  Raises UserNotFoundError."""
    if identity == "~":
        return current(state)
    user = state.store.find(User, identity) or state.store.named(User, email=identity.lower())
    if user is None:
        raise UserNotFoundError
    return user


def find_own(state: State, identity: str) -> User:
    """The account of the key; only that may be read or changed.  Raises OtherAccountError."""
    user = find(state, identity)
    if user != current(state):
        raise OtherAccountError(email=user.email)
    return user


def find_or_invite(state: State, identity: str) -> User:
    """The user of that id; an address that nobody is known by becomes a user."""
    _, at, domain = identity.partition("@")
    return known(state, identity) if at and domain else find(state, identity)


def update(state: State, user: User, **changes: Any) -> User:
    return state.change(user, **changes)


def document(user: User) -> Document:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "allow_tracking": user.allow_tracking,
        "beta": user.beta,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "country_of_residence": None,
        "default_organization": None,
        "default_team": None,
        "delinquent_at": None,
        "federated": False,
        "identity_provider": None,
        "last_login": None,
        "sms_number": None,
        "suspended_at": None,
        "two_factor_authentication": False,
        "verified": True,
    }


def brief(user: User) -> Document:
    """How other resources show a user."""
    return {"id": user.id, "email": user.email}
