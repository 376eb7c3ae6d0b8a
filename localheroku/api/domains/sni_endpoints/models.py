"""Certificates of an app's domains.

SNI endpoints and the older SSL endpoints differ only in their URLs. The private key is checked but
not stored, because the local Heroku does not serve with these certificates.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.domains import models as domains
from localheroku.api.domains.sni_endpoints import certificate
from localheroku.api.domains.sni_endpoints.errors import (
    CertificateError,
    SniEndpointNotFoundError,
    SslEndpointNotFoundError,
)
from localheroku.core import name_generator
from localheroku.core.record import Record
from localheroku.core.state import Document, State


@dataclass(frozen=True, kw_only=True)
class SniEndpoint(Record):
    """A certificate of an app (the parent record).

    `reading` holds the parsed certificate; `older` marks an SSL endpoint.
    """

    name: str
    chain: str
    cert_id: str
    reading: dict[str, Any]
    older: bool


def of_app(state: State, app: App, *, older: bool = False) -> list[SniEndpoint]:
    every = state.store.every(SniEndpoint, parent=app.id)
    return [endpoint for endpoint in every if endpoint.older == older]


def find(state: State, app: App, identity: str, *, older: bool = False) -> SniEndpoint:
    """Return the app's endpoint with an id or name.

    Raises:
        SniEndpointNotFoundError: The app has no such SNI endpoint.
        SslEndpointNotFoundError: The app has no such SSL endpoint.
    """
    for endpoint in of_app(state, app, older=older):
        if identity in (endpoint.id, endpoint.name):
            return endpoint
    raise SslEndpointNotFoundError if older else SniEndpointNotFoundError


def add(
    state: State, app: App, chain: str, private_key: str, *, older: bool = False
) -> SniEndpoint:
    """Add a certificate to an app.

    Raises:
        CertificateError: The certificate cannot serve a domain.
    """

    def is_taken(name: str) -> bool:
        return state.store.named(SniEndpoint, name=name) is not None

    return state.store.put(
        SniEndpoint(
            **state.stamp(),
            parent=app.id,
            name=name_generator.app_name(is_taken),
            chain=chain,
            cert_id=str(uuid4()),
            reading=_read(chain, private_key),
            older=older,
        )
    )


def change(state: State, endpoint: SniEndpoint, chain: str, private_key: str) -> SniEndpoint:
    """Replace the certificate and keep its domains.

    Raises:
        CertificateError: The certificate cannot serve a domain.
    """
    reading = _read(chain, private_key)
    return state.change(endpoint, chain=chain, reading=reading, cert_id=str(uuid4()))


def remove(state: State, app: App, endpoint: SniEndpoint) -> None:
    """Remove the endpoint and take its certificate from its domains."""
    with state.store.transaction():
        for domain in domains.served_by(state, app, endpoint.id):
            state.change(domain, sni_endpoint=None)
        state.store.remove(endpoint)


def brief(endpoint: SniEndpoint) -> dict[str, str]:
    """Return the endpoint as a domain shows it."""
    return {"id": endpoint.id, "name": endpoint.name}


def _read(chain: str, private_key: str) -> dict[str, Any]:
    try:
        return asdict(certificate.read(chain, private_key))
    except certificate.CertificateRefused as error:
        raise CertificateError(reason=error) from None


def document(state: State, app: App, endpoint: SniEndpoint) -> Document:
    served = domains.served_by(state, app, endpoint.id)
    reading = endpoint.reading
    common = {
        "id": endpoint.id,
        "name": endpoint.name,
        "display_name": None,
        "app": apps.brief(app),
        "certificate_chain": endpoint.chain,
        "domains": [domain.id for domain in served],
        "ssl_cert": {
            "id": endpoint.cert_id,
            "ca_signed?": reading["trusted"],
            "cert_domains": reading["domains"],
            "expires_at": reading["expires_at"],
            "issuer": reading["issuer"],
            "self_signed?": reading["self_signed"],
            "starts_at": reading["starts_at"],
            "subject": reading["subject"],
        },
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    }
    return {**common, "cname": apps.host(app)} if endpoint.older else common
