"""`dynostack up` says whether the app works, not only whether it was deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.e2e.rehearsal import Done, Rehearsal

pytestmark = [pytest.mark.e2e, pytest.mark.long]

APP = "shop-local"
ENVIRONMENT = f"""\
config:
  shop:account: ops@acme.example
  shop:app:
    name: {APP}
    region: us
    stack: heroku-24
    buildpacks: [heroku/python]
    configVars: {{ANSWER: "200"}}
    source: site
  shop:formation:
    web: {{size: basic, quantity: 1}}
    worker: {{size: basic, quantity: 1}}
encryptionsalt: v1:LU091J1ZcG4=:v1:/I+5pdhvNedLXt65:57nhulhyZR32jGq8rPCFZNJvPtilXg==
"""
WEB = """\
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        answer = os.environ["ANSWER"]
        if answer == "none":
            return self.connection.close()
        is_plain = self.headers["X-Forwarded-Proto"] == "http"
        if answer == "https" and is_plain:
            self.send_response(301)
            self.send_header("Location", f"https://{self.headers['Host']}{self.path}")
        elif answer == "login" and self.path == "/":
            self.send_response(302)
            self.send_header("Location", "/login")
        else:
            self.send_response({"https": 200, "login": 500}.get(answer) or int(answer))
            print("the site has answered", flush=True)
        self.end_headers()

HTTPServer(("", int(os.environ["PORT"])), Site).serve_forever()
"""
WORKER = """\
import os, time
time.sleep(1)
if os.environ["ANSWER"] == "worker":
    raise SystemExit("cannot find its tasks")
time.sleep(600)
"""
FILES = {
    "Procfile": "web: python web.py\nworker: python worker.py\n",
    "requirements.txt": "# none\n",
    "web.py": WEB,
    "worker.py": WORKER,
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    world = Rehearsal(tmp_path_factory.mktemp("up") / "shop", warm=True)
    for name, text in FILES.items():
        path = world.directory / "site" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (world.directory / "Pulumi.local.yaml").write_text(ENVIRONMENT)
    done = world.dynostack("up")
    assert done.exit_code == 0, done.output
    yield world
    world.end()


@pytest.fixture
def site(world: Rehearsal) -> Iterator[Rehearsal]:
    """Yield the world, in which the site answers 200 before and after the test."""
    yield world
    (world.directory / "Pulumi.local.yaml").write_text(ENVIRONMENT)


def up(site: Rehearsal, answer: str) -> Done:
    """Deploy a site with another answer."""
    text = ENVIRONMENT.replace('ANSWER: "200"', f'ANSWER: "{answer}"')
    (site.directory / "Pulumi.local.yaml").write_text(text)
    return site.dynostack("up")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("500", "answers 500 Internal Server Error;"),
        ("400", "answers 400 Bad Request;"),
        ("none", "answers 503 Service Unavailable (H13, Connection closed without response);"),
        ("login", "answers 500 Internal Server Error;"),
        ("worker", "worker.1 crashed;"),
    ],
)
def test_an_app_that_does_not_work_is_not_up(site: Rehearsal, answer: str, words: str) -> None:
    done = up(site, answer)
    assert done.exit_code == 1, done.output
    advice = f"for more of the log, run: dynostack local logs {APP} --lines 200"
    assert f"{words} {advice}" in done.output
    cause = {"none": "code=H13", "worker": "cannot find its tasks"}
    assert cause.get(answer, "the site has answered") in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(("answer", "scheme"), [("404", "http"), ("https", "https")])
def test_the_address_is_the_one_that_answers(site: Rehearsal, answer: str, scheme: str) -> None:
    done = up(site, answer)
    assert done.exit_code == 0, done.output
    port = site.world.heroku.port
    assert done.output.splitlines()[-1] == f"{scheme}://{APP}.localhost:{port}/"


def test_another_config_var_makes_no_build(site: Rehearsal) -> None:
    builds = site.heroku(f"/apps/{APP}/builds")
    assert up(site, "201").exit_code == 0
    assert site.heroku(f"/apps/{APP}/builds") == builds


def test_a_rebuild_needs_no_change(site: Rehearsal) -> None:
    builds = site.heroku(f"/apps/{APP}/builds")
    done = site.dynostack("up", "--rebuild")
    assert done.exit_code == 0, done.output
    assert len(site.heroku(f"/apps/{APP}/builds")) == len(builds) + 1


def test_scaling_by_hand_is_undone(site: Rehearsal) -> None:
    assert up(site, "200").exit_code == 0
    site.server.patch(f"/apps/{APP}/formation/web", {"quantity": 0})
    done = site.dynostack("up")
    assert done.exit_code == 0, done.output
    assert "1 updated" in done.output
    assert site.page(APP)[0] == 200


def test_an_app_in_maintenance_is_up(site: Rehearsal) -> None:
    site.server.patch(f"/apps/{APP}", {"maintenance": True})
    done = site.dynostack("up")
    assert done.exit_code == 0, done.output


def test_up_and_the_status_name_the_warnings_of_the_last_build(site: Rehearsal) -> None:
    warning = "the build warns: the buildpack's default Python changes over time"
    assert warning in site.dynostack("up").output
    assert warning in site.dynostack("local", "status").output
    status = json.loads(site.dynostack("local", "status", "--format", "json").output)
    assert [app["name"] for app in status["apps"]] == [APP]
    assert any(warning in text for text in status["apps"][0]["warnings"])


def test_the_status_names_why_the_last_build_failed(site: Rehearsal) -> None:
    hook = site.directory / "site/bin/post_compile"
    hook.parent.mkdir()
    hook.write_text("exit 4\n")
    assert site.dynostack("up").exit_code == 1
    status = site.dynostack("local", "status").output
    hook.unlink()
    assert "the build failed: Failed to run the bin/post_compile script" in status
    assert "the build warns: Failed" not in status
    assert "the build warns: Build" not in status
