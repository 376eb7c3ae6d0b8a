"""Which stacks can differ from a commit, and why: `dynostack check --changed`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from dynostack.errors import NOT_STARTED
from tests import warm

ENVIRONMENT = """\
config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-{stack}
    source: {source}
"""
PROCFILE = "web: gunicorn site.wsgi\n"
FILES = {
    "README.md": "",
    "lib/shared.py": "",
    "infra/Pulumi.yaml": "name: shop\nruntime: python\n",
    "infra/Pulumi.blog.yaml": ENVIRONMENT.format(stack="blog", source="../blog"),
    "infra/Pulumi.prod.yaml": ENVIRONMENT.format(stack="prod", source="site"),
    "infra/Pulumi.staging.yaml": ENVIRONMENT.format(stack="staging", source="site"),
    "infra/__main__.py": "from dynostack.program import run\n\nrun()\n",
    "infra/requirements.txt": "dynostack\n",
    "infra/README.md": "",
    "infra/tests/test_app.py": "",
    "infra/site/.slugignore": "docs/\n",
    "infra/site/Procfile": PROCFILE,
    "infra/site/docs/index.md": "",
    "blog/Procfile": PROCFILE,
}


class Repository:
    """A clone of a repository with three stacks, whose origin/main is where it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=topic")
        for file, text in FILES.items():
            self.write(file, text)
        self.commit()
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")

    def git(self, *arguments: str) -> None:
        name = ("-c", "user.name=dev", "-c", "user.email=dev@acme.example")
        subprocess.run(["git", *name, *arguments], cwd=self.folder, check=True)

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")

    def changed(self, *base: str) -> tuple[int, list[str]]:
        """Return the exit code of a check of the changed stacks, and its lines of progress."""
        done = subprocess.run(
            [warm.dynostack(), "check", "--changed", *base, "--format", "json"],
            cwd=self.folder / "infra",
            env={**os.environ, "HEROKU_API_URL": "https://api.heroku.com"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, [line.removeprefix("==> ") for line in done.stderr.splitlines()]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


SHARED = "which all stacks share"


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("README.md", "new", []),
        ("infra/README.md", "new", []),
        ("infra/tests/test_app.py", "new", []),
        ("infra/site/docs/index.md", "not built", []),
        ("lib/shared.py", "outside the project", []),
        ("infra/Pulumi.prod.yaml", "more", ["prod: Pulumi.prod.yaml"]),
        ("infra/Pulumi.new.yaml", "more", ["new: Pulumi.new.yaml"]),
        ("blog/Procfile", PROCFILE * 2, ["blog: Procfile, which it builds"]),
        (
            "infra/site/app.py",
            "new",
            ["prod: app.py, which it builds", "staging: app.py, which it builds"],
        ),
        *(
            (f"infra/{name}", "new", [f"{each}: {name}, {SHARED}" for each in sorted(STACKS)])
            for STACKS in [("blog", "prod", "staging")]
            for name in ("__main__.py", "config/rules.py", "requirements.txt", "stacks/app.py")
        ),
    ],
)
def test_which_and_why(repository: Repository, file: str, text: str, expected: list[str]) -> None:
    if "more" in text:
        text = ENVIRONMENT.format(stack=file.split(".")[1], source="site") + "# more\n"
    repository.write(file, text)
    expected = [each.replace(":", " can differ from origin/main:", 1) for each in expected]
    expected = expected or ["no stack can differ from origin/main"]
    assert repository.changed()[1] == expected
    repository.commit()
    assert repository.changed()[1] == expected
    assert repository.changed("HEAD")[1] == ["no stack can differ from HEAD"]


def test_later_commits_of_the_base_do_not_count(repository: Repository) -> None:
    repository.write("blog/Procfile", PROCFILE * 2)
    repository.commit()
    repository.git("branch", "ours")
    repository.git("checkout", "--quiet", "-b", "theirs", "origin/main")
    repository.write("infra/requirements.txt", "newer\n")
    repository.commit()
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.git("checkout", "--quiet", "ours")
    expected = ["blog can differ from origin/main: Procfile, which it builds"]
    assert repository.changed() == (0, expected)


def test_a_stack_without_a_file_is_named(repository: Repository) -> None:
    (repository.folder / "infra/Pulumi.blog.yaml").unlink()
    code, lines = repository.changed()
    assert (code, lines[0]) == (0, "blog no longer has a file; its app stays as it is")


def test_an_unknown_commit_is_one_message(repository: Repository) -> None:
    code, lines = repository.changed("nowhere")
    assert code == NOT_STARTED
    (line,) = lines
    assert "Git has no commit nowhere; fetch it, or name another one: --changed BASE" in line


def test_a_history_that_is_cut_off_is_one_message(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.write("README.md", "another history")
    repository.commit()
    code, lines = repository.changed()
    assert code == NOT_STARTED
    assert "HEAD and origin/main have no commit in common here" in lines[0]


def test_a_folder_without_git_is_one_message(repository: Repository) -> None:
    (repository.folder / ".git").rename(repository.folder / "git")
    code, lines = repository.changed()
    assert code == NOT_STARTED
    assert "is not in a Git repository; name the stacks" in lines[0]
