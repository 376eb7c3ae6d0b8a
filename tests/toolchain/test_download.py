"""Tests of redirects; the tests of releases cover other downloads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dynostack.http_client import certificates
from dynostack.toolchain.download import Network
from dynostack.toolchain.errors import Unavailable
from localheroku.core import certificate
from tests.toolchain.parts import Answer, Loopback, loopback


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Serve a site with https whose certificate this machine trusts."""
    file = certificate.ensured(tmp_path / "site.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    certificates.cache_clear()
    with loopback(file) as site:
        yield site
    certificates.cache_clear()


def redirects(site: Loopback, target: str) -> str:
    """Return the text at an address that redirects to another one."""
    site.answers["/list"] = Answer(status=302, location=target)
    return Network().text(f"{site.address}/list")


def test_from_https_only_to_https(secure: Loopback, releases: Loopback) -> None:
    releases.answers["/list"] = Answer(b"exchanged")
    with pytest.raises(Unavailable, match="which is not https"):
        redirects(secure, f"{releases.address}/list")
    assert releases.requests == []


@pytest.mark.parametrize("target", ["http://releases.test/list", "ftp://127.0.0.1/list"])
def test_from_this_machine_only_to_it_or_to_https(releases: Loopback, target: str) -> None:
    with pytest.raises(Unavailable, match=f"redirects to {target}, which is not https"):
        redirects(releases, target)


def test_to_https(secure: Loopback, releases: Loopback) -> None:
    secure.answers["/elsewhere"] = Answer(b"the list")
    assert redirects(secure, "/elsewhere") == "the list"
    assert redirects(releases, f"{secure.address}/elsewhere") == "the list"


def test_a_certificate_that_this_machine_does_not_trust(tmp_path: Path, releases: Loopback) -> None:
    with loopback(certificate.ensured(tmp_path / "site.pem")) as site:
        with pytest.raises(Unavailable, match="certificate verify failed"):
            Network().text(f"{site.address}/list")
        with pytest.raises(Unavailable, match="certificate verify failed"):
            redirects(releases, f"{site.address}/list")
    assert site.requests == []


def test_no_request_is_sent_without_https() -> None:
    with pytest.raises(Unavailable, match=r"http://releases\.test/list is not https"):
        Network().text("http://releases.test/list")


def test_redirects_in_a_circle_end(releases: Loopback) -> None:
    with pytest.raises(Unavailable, match=r"cannot download .*list: TooManyRedirects"):
        redirects(releases, "/list")
