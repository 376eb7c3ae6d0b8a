"""The page about apps that exist already, followed word by word."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.adopt.world import PASSPHRASE, SECRETS, Adopting
from tests.e2e.rehearsal import Done
from tests.pages import blocks

pytestmark = [pytest.mark.e2e, pytest.mark.long]

BLOCKS = blocks()
ONE, VARIABLES, REVIEWED = (BLOCKS[f"One app{number}"].commands for number in ("", " (2)", " (3)"))
MANY = BLOCKS["Many apps"].commands
BY_HAND = BLOCKS["Changes by hand"].commands
MOVE = BLOCKS["Move to another backend"].commands
APP = "acme-shop"
INSTALLED = "pip install"
"""The start of the command that the tests of the wheel run."""


class Reader:
    """A reader of the page, with a home, `dynostack` and an account on the local Heroku."""

    def __init__(self, world: Adopting, home: Path) -> None:
        self.world, self.home = world, home
        programs = home / "bin"
        programs.mkdir(parents=True)
        dynostack = programs / "dynostack"
        dynostack.write_text(f'#!/bin/sh\nexec {shlex.join(world.program)} "$@"\n')
        dynostack.chmod(0o755)
        self.values = {
            "PULUMI_BACKEND_URL": home.as_uri(),
            "HEROKU_API_KEY": world.world.api_key_file.read_text(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }
        self.path = f"{programs}:{os.environ['PATH']}"

    def run(self, *commands: str, place: str = "") -> Done:
        """Type commands into one shell."""
        lines = [self._filled(each) for each in commands if not each.startswith(INSTALLED)]
        script = "\n".join(["set -e", f"cd {self.home / place}", *lines])
        variables = {"PATH": self.path, "HEROKU_API_URL": self.world.world.heroku.url}
        done = self.world.outside(script, **variables, PULUMI_SKIP_UPDATE_CHECK="true")
        assert done.exit_code == 0, done.output
        return done

    def _filled(self, command: str) -> str:
        """Return a command with the values that the page leaves to the reader."""
        name = command.removeprefix("export ").partition("=")[0]
        return command.replace("...", shlex.quote(self.values.get(name, "...")))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("page")
    world = Adopting(folder / "heroku")
    world.make_app(APP, pipeline="shop")
    world.make_small_app("acme-shop-staging")
    world.join("acme-shop-staging", "shop", "staging")
    yield Reader(world, folder / "home")
    world.end()


def test_one_app(reader: Reader) -> None:
    before, releases = len(reader.world.writes()), reader.world.releases(APP)
    reader.run(*ONE)
    done = reader.run(*VARIABLES, *REVIEWED, place="infra")
    assert "review: nothing changes" in done.output
    assert "prod: nothing changes" in done.output
    text = (reader.home / "infra/Pulumi.prod.yaml").read_text()
    config = yaml.safe_load(text)["config"]
    assert config["infra:app"]["name"] == APP
    assert "# - ops@acme.example has access as admin of the team acme" in text
    assert not [value for value in SECRETS.values() if value in text]
    assert (len(reader.world.writes()), reader.world.releases(APP)) == (before, releases)


def test_another_backend(reader: Reader) -> None:
    """The page about backends moves the state of a stack; here, that of the adopted app."""
    exports = [each for each in VARIABLES if each.startswith("export ")]
    programs = "export PATH=$PWD/.dynostack/bin:$PATH PULUMI_HOME=$PWD/.dynostack/pulumi"
    elsewhere = reader.home / "elsewhere"
    elsewhere.mkdir()
    before = (reader.home / "infra/Pulumi.prod.yaml").read_text()
    move = [each.replace("...", elsewhere.as_uri()) for each in MOVE]
    done = reader.run(*exports, programs, *move, place="infra")
    assert "prod: nothing changes" in done.output
    assert list(elsewhere.rglob("prod.json"))
    assert (reader.home / "infra/Pulumi.prod.yaml").read_text() == before


def test_changes_by_hand(reader: Reader) -> None:
    exports = [each for each in VARIABLES if each.startswith("export ")]
    person = {"user": "mallory@evil.example", "silent": True, "permissions": ["manage"]}
    reader.world.call("POST", f"/teams/apps/{APP}/collaborators", person)
    domain = {"hostname": "evil.example", "sni_endpoint": None}
    reader.world.call("POST", f"/apps/{APP}/domains", domain)
    reader.world.call("PATCH", f"/apps/{APP}", {"maintenance": True})
    before = len(reader.world.writes())
    done = reader.run(*exports, *BY_HAND, place="infra")
    assert "added   mallory@evil.example has manage (since " in done.output
    assert "review: nothing changes" in done.output
    text = (reader.home / "infra/Pulumi.prod.yaml").read_text()
    assert "mallory@evil.example" in text
    assert "elsewhere: [maintenance]" in text
    assert "undid 1 of 1 differences" in done.output
    (removal,) = reader.world.writes()[before:]
    assert removal.startswith("DELETE /apps/")
    assert removal.endswith("/domains/evil.example")


def test_many_apps(reader: Reader) -> None:
    exports = [each for each in VARIABLES if each.startswith("export ")]
    (reader.home / "infra/Pulumi.prod.yaml").unlink()
    remove = ".dynostack/bin/pulumi stack rm prod --force --yes"
    reader.run(*exports, f"PULUMI_HOME=$PWD/.dynostack/pulumi {remove}", place="infra")
    done = reader.run(*exports, *MANY, place="infra")
    assert "adopted all 2 apps" in done.output
    config = yaml.safe_load((reader.home / "infra/Pulumi.acme-shop-staging.yaml").read_text())
    assert config["config"]["infra:pipeline"].keys() == {"id", "stage"}
