"""Tests of the HTTP client that every command uses, with sites and proxies on this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from dynostack.http_client import client, lines_of, reason
from tests.toolchain.parts import Answer, Loopback, loopback

ELSEWHERE = "http://heroku.test"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def site() -> Iterator[Loopback]:
    with loopback() as site:
        yield site


def get(address: str, **headers: str) -> httpx.Response:
    with client(address, headers, timeout=5) as http:
        return http.get(address)


@pytest.mark.parametrize("written", ["{}", "http://{}"])
def test_a_proxy_of_the_environment_is_used(
    site: Loopback, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("http_proxy", written.format(site.address.removeprefix("http://")))
    site.answers[f"{ELSEWHERE}/apps"] = Answer(b"by proxy")
    assert get(f"{ELSEWHERE}/apps").text == "by proxy"


def test_this_machine_needs_no_proxy(
    site: Loopback, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_tcp_port}")
    site.answers["/apps"] = Answer(b"at once")
    assert get(f"{site.address}/apps").text == "at once"


def test_an_address_in_no_proxy_needs_no_proxy(
    site: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", site.address)
    monkeypatch.setenv("no_proxy", "::1/128, heroku.test")
    with pytest.raises(httpx.ConnectError):
        get(ELSEWHERE)
    assert site.requests == []


def test_a_socks_proxy_for_other_addresses_is_not_used(
    site: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", "socks5h://127.0.0.1:1080")
    monkeypatch.setenv("http_proxy", site.address)
    assert get(ELSEWHERE).status_code == 404


def test_a_socks_proxy_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://me:hush-hush@127.0.0.1:1080")
    with pytest.raises(httpx.HTTPError) as error:
        get("https://heroku.test")
    assert reason(error.value) == "the proxy in the environment is not an HTTP proxy"


def test_a_redirect_is_not_followed(site: Loopback) -> None:
    site.answers["/moved"] = Answer(status=302, location="/apps")
    assert get(f"{site.address}/moved").status_code == 302
    assert site.requests == ["/moved"]


def test_a_reason_has_the_systems_words(unused_tcp_port: int) -> None:
    with pytest.raises(httpx.HTTPError) as error:
        get(f"http://127.0.0.1:{unused_tcp_port}")
    assert reason(error.value) == "Connection refused"


def test_a_reason_repeats_no_header(site: Loopback) -> None:
    with pytest.raises(httpx.HTTPError) as error:
        get(site.address, Authorization="Bearer hush\nhush")
    assert reason(error.value) == "LocalProtocolError"


def test_only_a_line_feed_ends_a_line(site: Loopback) -> None:
    text = "10 %\r20 %\n\u2028one\x0btwo\n\nend"
    site.answers["/log"] = Answer(text.encode())
    with client(site.address, timeout=5) as http, http.stream("GET", f"{site.address}/log") as log:
        assert list(lines_of(log)) == text.split("\n")


def test_a_check_loads_no_http_library() -> None:
    program = "import sys, dynostack.cli.commands, dynostack.check.command; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "click" in done.stdout.split()
    assert not {"httpx", "aiohttp"}.intersection(done.stdout.split())
