"""The first page of the documentation, followed with the wheel in a repository as it is."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.comment.service import TOKEN, GitHubService, running
from tests.durability.worlds import SOAK
from tests.pages import PROJECT, blocks
from tests.ports import free_port
from tests.scaffold.repositories import SERVED, write
from tests.wheel.package import Installed, surroundings

pytestmark = [pytest.mark.e2e, pytest.mark.long]

BLOCKS = blocks()
INSTALL, NEW = (BLOCKS[name].commands for name in ("Install (2)", "Your own Django project"))
REVIEW, APPLY, COMMENT = (
    BLOCKS[f"Your first review{number}"].commands for number in ("", " (2)", " (3)")
)
SECOND, TESTS = (BLOCKS[f"The second developer{number}"].commands for number in ("", " (2)"))
DYNOS = (PROJECT / "docs/index.md").read_text().partition("```yaml\n")[2].partition("```")[0]
"""The line of the environment file that the page changes."""
PERSON = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "Dev"), ("EMAIL", "dev@example.com"))
}


class PullRequest(GitHubService):
    place = "/repos/acme/mysite/issues/1/comments"


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
    *make, install = INSTALL
    enter, new, *inside, up = NEW
    # Making the environment with pip takes as long as all other steps together.
    printed = first.run(*(make if SOAK else ()), install, enter, new)
    settings = first.repository / "infra/pyproject.toml"
    settings.write_text(settings.read_text().replace("5050", str(free_port())))
    first.run("git add .", "git commit --quiet --message site", place=first.repository)
    assert "http://mysite-local.localhost:" in first.run(enter, *inside, up)
    assert first.status() == ""
    review_and_comment(first)

    second = Laptop(tmp_path / "second", local, wheel)
    first.run(f"git clone --quiet mysite {second.repository}")
    first.run("dynostack down", place=first.repository / "infra")
    assert all(command in printed for command in SECOND)
    make_venv, start = SECOND
    if not SOAK:
        make_venv = f"cd infra && ln -s {local.folder} .venv"
    try:
        run = (make_venv, start, *(TESTS if SOAK else ()))
        assert "http://mysite-local.localhost:" in second.run(*run, place=second.repository)
        assert second.status() == ""
    finally:
        second.run("dynostack clean", place=second.repository / "infra")


def review_and_comment(laptop: Laptop) -> None:
    """Scale the site, review and apply it; scale it again, and comment on a pull request."""
    infra = laptop.repository / "infra"
    file = infra / "Pulumi.local.yaml"
    file.write_text(re.sub(r"^    web: .*\n", DYNOS, file.read_text(), flags=re.MULTILINE))
    reviewed = laptop.run(*REVIEW, place=infra)
    assert "quantity: 1 -> 2" in reviewed
    word, digest = reviewed.splitlines()[-1].split()
    (apply,) = APPLY
    enter = REVIEW[0]
    assert "web updated" in laptop.run(enter, apply.replace(word.upper(), digest), place=infra)
    file.write_text(file.read_text().replace("quantity: 2", "quantity: 3"))
    review, export, comment = COMMENT
    with running(PullRequest()) as github:
        address = f"export GITHUB_API_URL={github.address}"
        laptop.run(enter, address, review, export.replace("...", TOKEN), comment, place=infra)
        (body,) = github.bodies
    assert "`2` → `3`" in body


def test_a_secret_is_set_before_anything_runs(first: Laptop) -> None:
    first.run(*NEW[:2])
    command = "dynostack secret set local SECRET_KEY"
    first.run(f"printf any-value | {command}", place=first.repository / "infra")
    text = (first.repository / "infra/Pulumi.local.yaml").read_text()
    assert "any-value" not in text
    sections = yaml.safe_load(text)["config"]
    assert sections["mysite:app"]["configVars"]["SECRET_KEY"]["secure"].startswith("v1:")
