"""Parses TLS certificates, and checks that a private key belongs to one."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from localheroku.core.clock import timestamp

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate, Name
    from cryptography.x509.verification import Store

# RFC 4514 has no short name for an email address. Heroku shows OpenSSL's name for it.
SHORT_NAMES = {"1.2.840.113549.1.9.1": "emailAddress"}


class CertificateRefused(Exception):
    """The certificate cannot serve a domain; the message says why and what to send instead."""


@dataclass(frozen=True)
class CertificateInfo:
    """The details of a certificate that Heroku shows, with names in OpenSSL's form.

    Such a name is /O=Acme/CN=acme.example. `trusted` says whether this machine trusts the issuer.
    """

    domains: list[str]
    starts_at: str
    expires_at: str
    issuer: str
    subject: str
    self_signed: bool
    trusted: bool


def read(chain: str, private_key: str) -> CertificateInfo:
    """Read the certificate of a private key from a chain, which can include its issuers.

    Raises:
        CertificateRefused: The chain or the key is unreadable, or they do not belong together.
    """
    certificates = _certificates(chain)
    public = _key(private_key).public_key()
    own = next((c for c in certificates if _public_key(c) == public), None)
    if own is None:
        raise CertificateRefused(
            "the private key does not match the certificate: send the key that the certificate "
            "was requested with"
        )
    domains = _domains(own)
    if not domains:
        raise CertificateRefused(
            "no certificate given is a domain name certificate: send one whose subject is a domain"
        )
    return CertificateInfo(
        domains=domains,
        starts_at=timestamp(own.not_valid_before_utc),
        expires_at=timestamp(own.not_valid_after_utc),
        issuer=_name(own.issuer),
        subject=_name(own.subject),
        self_signed=_self_signed(own),
        trusted=_trusted(own, [c for c in certificates if c is not own], domains[0]),
    )


def _certificates(chain: str) -> list[Certificate]:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(chain.encode())
    except ValueError:
        raise CertificateRefused(
            "the certificate chain cannot be read: send it in PEM, such as "
            "-----BEGIN CERTIFICATE-----, with your own certificate first"
        ) from None


def _key(text: str) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(text.encode(), password=None)
    except TypeError:
        raise CertificateRefused(
            "the private key is protected by a passphrase: send it without one"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateRefused(
            "the private key cannot be read: send it in PEM, such as -----BEGIN PRIVATE KEY-----"
        ) from None


def _public_key(certificate: Certificate) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def _domains(certificate: Certificate) -> list[str]:
    """Return the certificate's alternative names, or else its common name.

    Source: RFC 9525.
    """
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return [str(name.value) for name in common]
    return names.get_values_for_type(x509.DNSName)


def _name(name: Name) -> str:
    return "".join(
        f"/{SHORT_NAMES.get(part.oid.dotted_string, part.rfc4514_attribute_name)}={part.value!s}"
        for part in name
    )


def _self_signed(certificate: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature

    if certificate.issuer != certificate.subject:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _trusted(own: Certificate, others: Sequence[Certificate], domain: str) -> bool:
    from cryptography.x509 import DNSName
    from cryptography.x509.verification import PolicyBuilder, VerificationError

    roots = _roots()
    if roots is None or _is_address(domain):
        return False
    host = DNSName(domain.replace("*", "any", 1))
    try:
        verifier = PolicyBuilder().store(roots).time(datetime.now(UTC)).build_server_verifier(host)
        verifier.verify(own, list(others))
    except (VerificationError, ValueError):
        return False
    return True


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _roots() -> Store | None:
    """Return the certificates that this machine trusts; None if it has no file of them."""
    from cryptography import x509
    from cryptography.x509.verification import Store

    file = ssl.get_default_verify_paths().cafile
    if file is None:
        return None
    with warnings.catch_warnings():
        # Some root certificates predate the rules that they violate.
        warnings.simplefilter("ignore")
        return Store(x509.load_pem_x509_certificates(Path(file).read_bytes()))
