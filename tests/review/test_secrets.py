"""A secret in any place that takes one is in no output or file of review and apply."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.review.world import ReviewWorld

pytestmark = [pytest.mark.e2e, pytest.mark.long]

FORMATS = ("text", "md", "html", "json")
LIVE = ("md", "json")
PLAIN, ENCRYPTED, LATER = "planted-plain-config-var", "planted-encrypted-1", "planted-later-2"
DRAIN, USER, ADDON = "planted-drain-token", "planted-drain-user", "planted-addon-config"
PLANTED = (ENCRYPTED, LATER, DRAIN, USER, ADDON)


@pytest.fixture
def planted(small: ReviewWorld) -> ReviewWorld:
    """Return the environment with a secret in every place that takes one, before any apply."""
    environment = yaml.safe_load(small.file.read_text())
    environment["config"]["shop:addons"] = {"logs": {"plan": "papertrail:choklad"}}
    small.write(environment)
    drain = f"https://{USER}:{DRAIN}@logs.acme.example/{DRAIN}?t={DRAIN}"
    secrets = {
        "app.configVars.SECRET_KEY": ENCRYPTED,
        "addons.logs.config.token": ADDON,
        "drains.a": drain,
    }
    _encrypt(small, secrets)
    small.said.clear()
    return small


def test_review_apply_and_what_they_save(planted: ReviewWorld) -> None:
    files = [*_reviewed(planted)]
    done = planted.run("apply", "small", "--reviewed", planted.digest())
    assert done.exit_code == 0, done.output
    later = {"app.configVars.SECRET_KEY": LATER, "drains.a": f"https://logs.acme.example/{DRAIN}"}
    _encrypt(planted, later)
    planted.edit(PLAIN, f"{PLAIN}-2")
    files += _reviewed(planted)
    refused = planted.run("apply", "small", "--reviewed", "0" * 64)
    assert refused.exit_code == 3
    files += (planted.rehearsal.world.root / "reviews").iterdir()
    url = planted.heroku("GET", "/apps/acme-small/config-vars")["DATABASE_URL"]
    key = planted.rehearsal.world.api_key_file.read_text()
    _assert_without(planted, files, (*PLANTED, url, url.split(":")[2].split("@")[0], key))
    assert any("sensitiveConfigVars" in file.read_text() for file in files)
    assert any(f"{PLAIN}-2" in file.read_text() for file in files)


def test_errors_of_the_api(planted: ReviewWorld) -> None:
    key = planted.rehearsal.world.api_key_file.read_text()
    with _echoing(f"{PLAIN} or postgres://u:planted-password@db/x key {key}") as address:
        variables = {**planted.rehearsal.world.variables(), "HEROKU_API_URL": address}
        for style in LIVE:
            done = planted.rehearsal.dynostack("review", "small", "--format", style, **variables)
            assert done.exit_code == 1, done.output
            assert "refused by the echo" in done.output
            planted.said.append(done.output)
    _assert_without(planted, [], (*PLANTED, "planted-password", key))


def test_secrets_in_plain_text(small: ReviewWorld) -> None:
    """An error in the environment's file does not reveal a secret."""
    environment = yaml.safe_load(small.file.read_text())
    environment["config"]["shop:drains"] = {"a": f"https://{USER}:{DRAIN}@logs.acme.example"}
    logs = {"plan": "papertrail:choklad", "config": {"token": ADDON}}
    environment["config"]["shop:addons"] = {"logs": logs}
    small.write(environment)
    small.said.clear()
    for style in LIVE:
        done = small.run("review", "small", "--format", style)
        assert done.exit_code == 1, done.output
        assert "DS4" in done.output
    _assert_without(small, [], (*PLANTED,))


def _encrypt(world: ReviewWorld, values: dict[str, str]) -> None:
    pairs = (
        word for path, value in values.items() for word in ("--secret", f"shop:{path}={value}")
    )
    done = world.rehearsal.pulumi("config", "set-all", "-s", "small", "--path", *pairs)
    assert done.exit_code == 0, done.output


def _reviewed(world: ReviewWorld) -> Iterator[Path]:
    """Return the review of a new preview, and of one in a file, in all formats."""
    folder = world.rehearsal.directory
    preview = world.rehearsal.pulumi("preview", "-s", "small", "--json")
    (folder / "preview.json").write_text(preview.output)
    runs = [("text", []), ("json", []), *((style, ["--from", "preview.json"]) for style in FORMATS)]
    for number, (style, source) in enumerate(runs):
        out = folder / f"out{number}.{style}"
        done = world.run("review", "small", "--format", style, "--out", str(out), *source)
        assert done.exit_code in (0, 3), done.output
        yield out


def _assert_without(world: ReviewWorld, files: list[Path], secrets: tuple[str, ...]) -> None:
    texts = {f"said {number}": said for number, said in enumerate(world.said)}
    texts |= {str(file): file.read_text() for file in files}
    found = {(name, secret) for name, text in texts.items() for secret in secrets if secret in text}
    assert not found


@contextmanager
def _echoing(text: str) -> Iterator[str]:
    """Run a server that refuses every request and repeats a text."""

    class Refusal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"id": "invalid_params", "message": f"refused by the echo: {text}"})
            self.send_response(422)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *told: Any) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
