"""The host names of an app: its own domain on this machine, and the domains added to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.domains.errors import (
    DomainNotFoundError,
    DomainTakenError,
    HostnameFormError,
    OwnDomainError,
)
from localheroku.core.record import Record
from localheroku.core.state import Document, State

LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
HOSTNAME = re.compile(rf"(\*\.)?({LABEL}\.)+(?![0-9]+$){LABEL}")
"""Matches host names whose last label is not a number, which would make them IP addresses.

Source: RFC 3696, section 2.
"""
LONGEST = 253


@dataclass(frozen=True, kw_only=True)
class Domain(Record):
    """A domain of an app (the parent record).

    `own` marks the domain that comes from the app's name.
    """

    hostname: str
    own: bool = False
    sni_endpoint: dict[str, str] | None = None
    """The id and name of the SNI endpoint with the domain's certificate."""


def of_app(state: State, app: App) -> list[Domain]:
    return state.store.every(Domain, parent=app.id)


def find(state: State, app: App, identity: str) -> Domain:
    """Return the app's domain with an id or host name.

    Raises:
        DomainNotFoundError: The app has no such domain.
    """
    for domain in of_app(state, app):
        if identity.lower() in (domain.id, domain.hostname):
            return domain
    raise DomainNotFoundError


def put_own(state: State, app: App) -> None:
    """Create the app's own domain, or update it to the app's name."""
    own = next((domain for domain in of_app(state, app) if domain.own), None)
    if own:
        state.change(own, hostname=apps.host(app))
    else:
        state.store.put(Domain(**state.stamp(), parent=app.id, hostname=apps.host(app), own=True))


def add(state: State, app: App, hostname: str, sni_endpoint: dict[str, str] | None) -> Domain:
    """Add a domain to an app.

    Raises:
        ParamsError: The host name is invalid, or already belongs to an app.
    """
    name = hostname.lower().rstrip(".")
    if HOSTNAME.fullmatch(name) is None or len(name) > LONGEST or name.endswith(".localhost"):
        raise HostnameFormError(hostname=hostname)
    if state.store.named(Domain, hostname=name):
        raise DomainTakenError(hostname=name)
    with state.store.transaction():
        domain = state.store.put(
            Domain(**state.stamp(), parent=app.id, hostname=name, sni_endpoint=sni_endpoint)
        )
        state.provisioning.begin("domain", domain)
    return domain


def served_by(state: State, app: App, sni_endpoint_id: str) -> list[Domain]:
    """Return the app's domains that use an endpoint's certificate."""
    return [
        domain
        for domain in of_app(state, app)
        if domain.sni_endpoint and domain.sni_endpoint["id"] == sni_endpoint_id
    ]


def remove(state: State, domain: Domain) -> None:
    if domain.own:
        raise OwnDomainError
    state.store.remove(domain)


def resolve(state: State, host: str) -> str | None:
    """Return the id of the app with a host name, or None."""
    _, _, parent = host.partition(".")
    for name in (host, f"*.{parent}"):
        domain = state.store.named(Domain, hostname=name)
        if domain:
            return domain.parent
    return None


STATUS = {None: "pending", True: "succeeded", False: "failed"}


def document(state: State, app: App, domain: Domain) -> Document:
    return {
        "id": domain.id,
        "app": apps.brief(app),
        "hostname": domain.hostname,
        "kind": "heroku" if domain.own else "custom",
        "cname": None if domain.own else apps.host(app),
        "status": STATUS[state.provisioning.succeeded(domain)],
        "acm_status": "pending" if app.acm and not domain.own else None,
        "acm_status_reason": None,
        "sni_endpoint": domain.sni_endpoint,
        "created_at": domain.created_at,
        "updated_at": domain.updated_at,
    }
