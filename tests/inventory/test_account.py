"""Tests of the check that the API key belongs to a stack's account."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dynostack.inventory import account as accounts

OPS, DEV = "ops@acme.example", "dev@acme.example"
KEYS = {"Bearer ops-key": OPS, "Bearer dev-key": DEV}


class Heroku(BaseHTTPRequestHandler):
    """A server that answers GET /account and records each request."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        email = KEYS.get(self.headers["Authorization"])
        body = json.dumps({"email": email} if email else {"id": "unauthorized"}).encode()
        self.send_response(200 if email else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Print nothing."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    monkeypatch.setattr(Heroku, "asked", asked, raising=False)
    return asked


@pytest.fixture
def url(asked: list[str]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Heroku) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def refusal(url: str, account: str, **environment: str) -> str:
    return accounts.refusal("prod", account, {"HEROKU_API_URL": url, **environment})


@pytest.mark.parametrize("account", [OPS, "Ops@ACME.example"])
def test_its_own_account_is_not_refused(url: str, asked: list[str], account: str) -> None:
    assert refusal(url, account, HEROKU_API_KEY="ops-key") == ""
    assert asked == ["/account"]


def test_another_account_is_refused(url: str, asked: list[str]) -> None:
    says, write = refusal(url, OPS, HEROKU_API_KEY="dev-key").splitlines()
    assert says == f"stack prod belongs to {OPS}, but the API key in use belongs to {DEV}"
    assert f'= run eval "$(dynostack env --as {OPS})", or set the account in Pul' in write
    assert asked == ["/account"]


def test_the_key_in_netrc_is_used(url: str, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {url.removeprefix('http://')} login {DEV} password dev-key\n")
    netrc.chmod(0o600)
    assert DEV in refusal(url, OPS, NETRC_PATH=str(netrc))


@pytest.mark.parametrize("key", ["", "nobody's"])
def test_a_key_without_an_account_is_left_to_the_provider(
    url: str, tmp_path: Path, key: str
) -> None:
    assert refusal(url, OPS, HEROKU_API_KEY=key, NETRC_PATH=str(tmp_path / "none")) == ""


def test_an_api_that_does_not_answer_is_left_to_the_provider() -> None:
    assert refusal("http://127.0.0.1:1", OPS, HEROKU_API_KEY="ops-key") == ""
