"""User accounts.

One account has the first API key. The local Heroku creates other accounts when a request first
names them.
"""

from __future__ import annotations

from typing import Any

from localheroku.api.account.errors import OtherAccountError, UserNotFoundError
from localheroku.api.account.records import User
from localheroku.auth import current_account
from localheroku.core.state import Document, State


def current(state: State) -> User:
    """Return the caller's account; outside of a request, the account of the first API key."""
    return current_account.account() or known(state, state.settings.account)


def known(state: State, email: str) -> User:
    """Return the user with an email address, and create the user if necessary."""
    address = email.strip().lower()
    user = state.store.named(User, email=address)
    return user or state.store.put(User(**state.stamp(), email=address))


def find(state: State, identity: str) -> User:
    """Return the user with an id or email address; `~` is the caller.

    Raises:
        UserNotFoundError: There is no such user.
    """
    if identity == "~":
        return current(state)
    user = state.store.find(User, identity) or state.store.named(User, email=identity.lower())
    if user is None:
        raise UserNotFoundError
    return user


def find_own(state: State, identity: str) -> User:
    """Return the caller's account. A caller can read and change no other account.

    Raises:
        OtherAccountError: The id or email address belongs to another account.
    """
    user = find(state, identity)
    if user != current(state):
        raise OtherAccountError(email=user.email)
    return user


def find_or_invite(state: State, identity: str) -> User:
    """Return the user with an id or email address; create a user for an unknown email address.

    Raises:
        UserNotFoundError: No user has the id.
    """
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
    """Return the user as other resources show it."""
    return {"id": user.id, "email": user.email}
