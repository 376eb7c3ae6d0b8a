"""A certificate for 127.0.0.1 and localhost with its private key, one for each local Heroku.

It signs itself and cannot sign others, so trusting it means trusting this one key.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from localheroku.core.atomic_files import write_private_once

FILE = "localhost.pem"
DAYS = 3650
RENEWAL_DAYS = 3000
KEY_BEGINS = "-----BEGIN PRIVATE KEY-----"


def ensured(file: Path) -> Path:
    """Return the file, after creating or replacing it if it is missing, old or unreadable."""
    if file.is_file() and not is_usable(file):
        file.unlink(missing_ok=True)
    if not file.is_file():
        write_private_once(file, generate())
    return file


def public(file: Path) -> str:
    """Return the public part of the file: the certificate without its key."""
    return file.read_text().partition(KEY_BEGINS)[0]


def is_usable(file: Path) -> bool:
    """Return whether the file has a certificate and its key, and is not due for renewal."""
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(file)
        return time.time() - file.stat().st_mtime <= RENEWAL_DAYS * 24 * 3600
    except FileNotFoundError:  # another command is replacing it
        return True
    except ssl.SSLError:
        return False


def generate() -> bytes:
    """Return certificate and key as one text, so that they always belong together."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM) + private
