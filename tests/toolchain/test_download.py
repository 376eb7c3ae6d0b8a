"""What is special about a redirect; the rest of downloading is tested with releases."""

from __future__ import annotations

from email.message import Message
from urllib.request import Request

import pytest

from dynostack.toolchain.download import Network, NoDowngrade
from dynostack.toolchain.errors import Unavailable

SAFE = "https://releases.test/archive"


def redirected(origin: str, target: str) -> Request | None:
    request = Request(origin)  # noqa: S310 -- nothing is opened
    return NoDowngrade().redirect_request(request, None, 302, "Found", Message(), target)


def test_from_https_only_to_https() -> None:
    with pytest.raises(Unavailable, match="which is not https"):
        redirected(SAFE, "http://releases.test/archive")


@pytest.mark.parametrize("target", ["http://releases.test/archive", "ftp://127.0.0.1/archive"])
def test_from_this_machine_only_to_it_or_to_https(target: str) -> None:
    with pytest.raises(Unavailable, match="which is not https"):
        redirected("http://127.0.0.1/archive", target)


def test_nothing_is_asked_without_https() -> None:
    with pytest.raises(Unavailable, match=r"http://releases\.test/list is not https"):
        Network().text("http://releases.test/list")


@pytest.mark.parametrize("origin", [SAFE, "http://127.0.0.1/archive"])
def test_to_https(origin: str) -> None:
    request = redirected(origin, "https://objects.test/archive")
    assert request is not None
    assert request.full_url == "https://objects.test/archive"
