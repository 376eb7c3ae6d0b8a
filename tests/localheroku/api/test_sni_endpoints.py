"""Certificates: parsing, use by domains, replacement and removal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from tests.localheroku.client import Api

SNI, SSL = "/apps/shop/sni-endpoints", "/apps/shop/ssl-endpoints"
EXPIRES = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Pair:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def private(self, protection: KeySerializationEncryption | None = None) -> str:
        sealed = protection or NoEncryption()
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed).decode()

    def body(self, *others: Pair) -> dict[str, str]:
        chain = "".join(pair.pem for pair in (self, *others))
        return {"certificate_chain": chain, "private_key": self.private()}


def made(common: str, *domains: str, by: Pair | None = None, authority: bool = False) -> Pair:
    """Create a certificate that is signed by itself or by an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    organization = x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Acme")
    commons = [x509.NameAttribute(x509.NameOID.COMMON_NAME, common)] if common else []
    name = x509.Name([organization, *commons])
    signer = by.key if by else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(EXPIRES)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False
        )
    )
    if authority:
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        subject = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(usage, True).add_extension(subject, False)
    if domains:
        names = x509.SubjectAlternativeName([x509.DNSName(domain) for domain in domains])
        builder = builder.add_extension(names, critical=False)
    return Pair(builder.sign(signer, hashes.SHA256()), key)


async def test_a_certificate_is_read(api: Api) -> None:
    app = await api.app()
    pair = made("shop.example", "shop.example", "*.shop.example")

    endpoint = await api.post(SNI, pair.body())

    assert (endpoint["app"], endpoint["certificate_chain"]) == (
        {"id": app["id"], "name": "shop"},
        pair.pem,
    )
    cert = endpoint["ssl_cert"]
    assert cert["cert_domains"] == ["shop.example", "*.shop.example"]
    assert cert["subject"] == cert["issuer"] == "/O=Acme/CN=shop.example"
    assert cert["expires_at"] == "2031-01-02T03:04:05Z"
    assert (cert["self_signed?"], cert["ca_signed?"]) == (True, False)
    assert await api.get(f"{SNI}/{endpoint['name']}") == endpoint
    assert await api.get(SNI) == [endpoint]
    assert await api.get(SSL) == []


async def test_a_certificate_is_trusted_as_this_machine_trusts_its_root(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.app()
    root = made("Root", authority=True)
    middle = made("Middle", by=root, authority=True)
    pair = made("*.shop.example", "*.shop.example", by=middle)
    unknown = (await api.post(SNI, pair.body(middle)))["ssl_cert"]
    assert (unknown["ca_signed?"], unknown["issuer"]) == (False, "/O=Acme/CN=Middle")

    (tmp_path / "roots.pem").write_text(root.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    complete = (await api.post(SNI, pair.body(middle)))["ssl_cert"]
    assert (complete["ca_signed?"], complete["self_signed?"]) == (True, False)
    incomplete = (await api.post(SNI, pair.body()))["ssl_cert"]
    assert incomplete["ca_signed?"] is False


async def test_a_domain_has_the_certificate_of_an_endpoint(api: Api) -> None:
    await api.app()
    endpoint = await api.post(SNI, made("shop.example", "shop.example").body())
    brief = {"id": endpoint["id"], "name": endpoint["name"]}
    body = {"hostname": "shop.example", "sni_endpoint": endpoint["name"]}

    domain = await api.post("/apps/shop/domains", body)

    assert domain["sni_endpoint"] == brief
    path = f"/apps/shop/domains/{domain['id']}"
    assert (await api.get(f"{SNI}/{endpoint['id']}"))["domains"] == [domain["id"]]
    assert (await api.patch(path, {"sni_endpoint": None}))["sni_endpoint"] is None
    assert (await api.patch(path, {"sni_endpoint": endpoint["id"]}))["sni_endpoint"] == brief
    removed = await api.delete(f"{SNI}/{endpoint['id']}")
    assert removed["domains"] == [domain["id"]]
    assert (await api.get(path))["sni_endpoint"] is None
    assert await api.refusal("PATCH", path, {"sni_endpoint": endpoint["id"]}) == (
        404,
        "not_found",
        "Couldn't find that SNI endpoint.",
    )


async def test_a_certificate_is_replaced(api: Api) -> None:
    await api.app()
    first = await api.post(SNI, made("old.example").body())

    second = await api.patch(f"{SNI}/{first['id']}", made("new.example").body())

    assert (second["id"], second["name"]) == (first["id"], first["name"])
    assert (first["ssl_cert"]["cert_domains"], second["ssl_cert"]["cert_domains"]) == (
        ["old.example"],
        ["new.example"],
    )
    assert first["ssl_cert"]["id"] != second["ssl_cert"]["id"]


async def test_ssl_endpoints_have_a_cname_and_are_listed_separately(api: Api) -> None:
    await api.app()
    root = made("Root", authority=True)
    pair = made("shop.example", by=root)
    disorder = {"certificate_chain": root.pem + pair.pem, "private_key": pair.private()}

    endpoint = await api.post(SSL, {**disorder, "preprocess": True})

    assert (endpoint["cname"], endpoint["ssl_cert"]["cert_domains"]) == (
        "shop.localhost",
        ["shop.example"],
    )
    one = f"{SSL}/{endpoint['id']}"
    assert await api.get(one) == endpoint
    assert [e["id"] for e in await api.get(SSL)] == [endpoint["id"]]
    assert await api.get(SNI) == []
    changed = await api.patch(one, {**made("new.example").body(), "preprocess": True})
    assert changed["ssl_cert"]["cert_domains"] == ["new.example"]
    await api.delete(one)
    assert await api.refusal("GET", one) == (404, "not_found", "Couldn't find that SSL endpoint.")


async def test_unusable_certificates_are_refused(api: Api) -> None:
    await api.app()
    pair, other = made("shop.example"), made("other.example")
    sealed = pair.private(BestAvailableEncryption(b"secret"))
    nameless = made("")

    for chain, key, words in (
        ("no certificate", pair.private(), "the certificate chain cannot be read"),
        (pair.pem, "no key", "the private key cannot be read"),
        (pair.pem, sealed, "protected by a passphrase"),
        (pair.pem, other.private(), "the private key does not match the certificate"),
        (nameless.pem, nameless.private(), "no certificate given is a domain name certificate"),
    ):
        body = {"certificate_chain": chain, "private_key": key}
        status, name, message = await api.refusal("POST", SNI, body)
        assert (status, name) == (422, "invalid_params")
        assert words in message
        assert key not in message
    assert await api.get(SNI) == []


async def test_a_private_key_is_not_kept(api: Api) -> None:
    await api.app()
    pair = made("shop.example")
    await api.post(SNI, pair.body())

    secret = pair.private().splitlines()[1].encode()
    files = [file for file in api.heroku.platform.settings.data.rglob("*") if file.is_file()]
    assert any(b"shop.example" in file.read_bytes() for file in files)
    assert not any(secret in file.read_bytes() for file in files)
