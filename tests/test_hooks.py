"""Tests of `.pre-commit-hooks.yaml` with the real pre-commit, which installs the package for it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.wheel.package import ROOT, copy_source, surroundings

pytestmark = pytest.mark.long

PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
CONFIG = """repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: dynostack-check
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=shop", "-c", "user.email=ops@acme.example"]
    command = ["git", *identity, "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(
        command, cwd=folder, env=surroundings(), capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which pre-commit installs hooks."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a repository with the package and its hook."""
    folder = copy_source(tmp_path_factory.mktemp("hooks") / "dynostack")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "hooks")
    return folder


@pytest.fixture
def shop(tmp_path: Path, hooks: Path) -> Path:
    """Create a repository of a project that uses the hook."""
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "tests/check/cases/fine-django", folder)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "README.md").write_text("# Shop\n")
    revision = git(hooks, "rev-parse", "HEAD")
    (folder / ".pre-commit-config.yaml").write_text(CONFIG.format(hooks=hooks, revision=revision))
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "shop")
    return folder


def commit_check(shop: Path, home: Path) -> tuple[int, str]:
    """Run pre-commit for the staged files and return its exit code and output."""
    git(shop, "add", "--all")
    done = subprocess.run(
        [PRE_COMMIT, "run"],
        cwd=shop,
        env=surroundings() | {"PRE_COMMIT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.e2e
def test_the_hook_stops_a_commit_with_an_error(shop: Path, home: Path) -> None:
    file = shop / "Pulumi.x.yaml"
    file.write_text(file.read_text().replace("plan: essential-0", "plan: hobby-dev"))
    code, said = commit_check(shop, home)
    assert code == 1
    assert "Pulumi.x.yaml:11:26  DS201" in said

    file.write_text(file.read_text().replace("plan: hobby-dev", "plan: essential-1"))
    code, said = commit_check(shop, home)
    assert (code, "1 stack checked" in said, "Passed" in said) == (0, False, True)


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("file", "text", "outcome"),
    [
        ("README.md", "# The shop\n", "Skipped"),
        ("examples/django/Procfile", "web gunicorn\n", "DS512"),
        ("examples/django/requirements.txt", "django\n", "DS503"),
        ("examples/django/shop/settings.py", "ALLOWED_HOSTS = []\n", "DS529"),
    ],
)
def test_the_hook_runs_for_the_files_that_it_reads(
    shop: Path, home: Path, file: str, text: str, outcome: str
) -> None:
    (shop / file).write_text(text)
    assert outcome in commit_check(shop, home)[1]
