"""The page about a project of one's own, followed with the wheel in a repository as it is."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.durability.worlds import SOAK
from tests.pages import blocks
from tests.ports import free_port
from tests.scaffold.repositories import SERVED, write
from tests.wheel.package import Installed, surroundings

pytestmark = pytest.mark.e2e

FIRST, SECOND, SECRET = (
    blocks()[f"Your own Django project{number}"].commands for number in ("", " (2)", " (3)")
)
PERSON = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "Dev"), ("EMAIL", "dev@example.com"))
}


class Laptop:
    """A user's machine: a home with one clone of the repository."""

    def __init__(self, home: Path, installed: Installed, wheel: Path) -> None:
        self.home, self.installed = home, installed
        self.variables = {
            **surroundings(),
            **PERSON,
            "HOME": str(home),
            "PATH": f"{installed.folder / 'bin'}:{os.environ['PATH']}",
            "PIP_FIND_LINKS": str(wheel.parent),
            "XDG_CACHE_HOME": str(Path.home() / ".cache"),
        }

    @property
    def repository(self) -> Path:
        return self.home / "mysite"

    def run(self, *commands: str, place: Path | None = None) -> str:
        """Type commands into one shell."""
        done = subprocess.run(
            ["sh", "-ec", "\n".join(commands)],
            cwd=place or self.home,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def status(self) -> str:
        return self.run("git status --porcelain", place=self.repository)


@pytest.fixture
def first(local: Installed, wheel: Path, tmp_path: Path) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path / "first", local, wheel)
    write(laptop.repository, SERVED)
    yield laptop
    laptop.run("dynostack clean", place=laptop.repository / "infra")


def test_a_repository_comes_up_on_two_laptops(
    first: Laptop, local: Installed, wheel: Path, tmp_path: Path
) -> None:
    install, enter, new, *inside, up = FIRST
    printed = first.run(install, enter, new)
    settings = first.repository / "infra/pyproject.toml"
    settings.write_text(settings.read_text().replace("5050", str(free_port())))
    first.run("git add .", "git commit --quiet --message site", place=first.repository)
    assert "http://mysite-local.localhost:" in first.run(enter, *inside, up)
    assert "nothing changes" in first.run(
        enter, *inside, 'eval "$(dynostack env)"', "dynostack review local"
    )
    assert first.status() == ""

    second = Laptop(tmp_path / "second", local, wheel)
    first.run(f"git clone --quiet mysite {second.repository}")
    first.run("dynostack down", place=first.repository / "infra")
    assert all(command in printed for command in SECOND)
    make, start = SECOND
    if not SOAK:
        # Making the environment with pip takes as long as all other steps together.
        make = f"cd infra && ln -s {local.folder} .venv"
    try:
        assert "http://mysite-local.localhost:" in second.run(make, start, place=second.repository)
        assert second.status() == ""
    finally:
        second.run("dynostack clean", place=second.repository / "infra")


def test_a_secret_is_set_before_anything_runs(first: Laptop) -> None:
    first.run(*FIRST[1:3])
    (command,) = SECRET
    first.run(f"printf any-value | {command}", place=first.repository / "infra")
    text = (first.repository / "infra/Pulumi.local.yaml").read_text()
    assert "any-value" not in text
    sections = yaml.safe_load(text)["config"]
    assert sections["mysite:app"]["configVars"]["SECRET_KEY"]["secure"].startswith("v1:")
