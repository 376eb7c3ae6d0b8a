"""A repository with infra/ beside manage.py, built by the real engine from several clones.

With DYNOSTACK_PUBLISHED_PROVIDER=<path of the plugin> everything runs with the published provider
as well, which no package registry of Python has.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynostack.engine.process import EngineFailed
from dynostack.engine.source import write_archive
from dynostack.toolchain.placement import PROVIDER
from tests.e2e.rehearsal import PROJECT, Done, Rehearsal
from tests.environment.checkout.repository import commit, git, repository, write
from tests.ports import free_port

pytestmark = pytest.mark.long

APP = "acme-shop-local"
ARCHIVE = ".dynostack/sources/local/build.tar.gz"
STACK_FILE = f"""\
config:
  shop:account: ops@acme.example
  shop:app:
    name: {APP}
    source: ..
    buildpacks: [heroku/python]
  shop:formation: {{web: {{size: basic, quantity: 1}}}}
"""
SITE = {
    "Procfile": "web: python -m http.server $PORT\n",
    "requirements.txt": "# none\n",
    ".python-version": "3.14\n",
    ".gitignore": ".dynostack/\n.venv\n.env\n",
    "infra/Pulumi.yaml": "name: shop\nruntime:\n  name: python\n  options: {virtualenv: .venv}\n",
    "infra/Pulumi.local.yaml": STACK_FILE,
    "infra/__main__.py": "from dynostack.program import run\n\nrun()\n",
}
PUBLISHED = os.environ.get("DYNOSTACK_PUBLISHED_PROVIDER")


class Checkout(Rehearsal):
    """A repository whose folder infra/ is the project."""

    def __init__(self, top: Path) -> None:
        self.top = top
        super().__init__(top / "infra", with_rules=True, warm=True)

    def _copy_project(self) -> None:
        port = f"[tool.dynostack.local]\nport = {free_port()}\n"
        write(self.top, {**SITE, "infra/pyproject.toml": port})
        _add_venv(self.top)
        repository(self.top)

    def in_clone(self, clone: Path, *command: str) -> Done:
        """Run a command in another clone, with the state and the Heroku of this one."""
        here, self.directory = self.directory, clone / "infra"
        try:
            return self._run([*command], self.world.variables())
        finally:
            self.directory = here

    def clone(self, to: Path) -> Path:
        git(self.top, "clone", "-q", str(self.top), str(to))
        _add_venv(to)
        return to

    def preview(self) -> Done:
        return self.pulumi("preview", "-s", "local")


def _add_venv(top: Path) -> None:
    (top / "infra/.venv").symlink_to(PROJECT / ".venv")


@pytest.fixture(scope="module", params=["ours", *(["published"] if PUBLISHED else [])])
def checkout(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Checkout]:
    """Return a repository that is deployed, in a folder of its own."""
    checkout = Checkout(tmp_path_factory.mktemp("source") / "first")
    try:
        for command in (("toolchain",), ("local", "start")):
            assert checkout.dynostack(*command).exit_code == 0
        if request.param == "published":
            plugin = checkout.world.pulumi_home / PROVIDER.path
            plugin.unlink()
            shutil.copy(str(PUBLISHED), plugin)
        (checkout.top / ".env").write_text("STRIPE_KEY=not-a-real-one\n")
        checkout.pulumi("stack", "init", "local", "--no-select")
        done = checkout.pulumi("up", "-s", "local", "--yes", "--skip-preview")
        assert done.exit_code == 0, done.output
        yield checkout
    finally:
        checkout.end()


def nothing_changes(done: Done) -> bool:
    return done.exit_code == 0 and not done.planned and "unchanged" in done.output


@pytest.mark.e2e
def test_heroku_has_what_git_would_deploy(checkout: Checkout) -> None:
    find = ("sh", "-c", "find . -type f -not -path './.heroku/*' -not -path './.profile.d/*'")
    done = checkout.dynostack("local", "run", APP, "--", *find)
    there = {line.strip() for line in done.output.splitlines() if line.startswith("./")}
    assert {"./Procfile", "./requirements.txt", "./.gitignore", "./.python-version"} <= there
    assert not [name for name in there if "infra" in name or ".env" in name or ".git/" in name]


@pytest.mark.e2e
def test_what_git_would_not_deploy_is_no_new_build(checkout: Checkout) -> None:
    write(checkout.top, {"infra/Pulumi.local.yaml": f"# reviewed\n{STACK_FILE}", ".env": "A=b\n"})
    commit(checkout.top)
    write(checkout.top, {"shop/__pycache__/settings.pyc": "x"})
    (checkout.top / "Procfile").touch()
    done = checkout.preview()
    assert nothing_changes(done), done.output


@pytest.mark.e2e
def test_another_clone_at_another_path_has_nothing_to_change(
    checkout: Checkout, tmp_path: Path
) -> None:
    clone = checkout.clone(tmp_path / "elsewhere" / "second")
    done = checkout.in_clone(clone, "pulumi", "preview", "-s", "local", "--non-interactive")
    assert nothing_changes(done), done.output
    archives = [(top / "infra" / ARCHIVE).read_bytes() for top in (clone, checkout.top)]
    assert archives[0] == archives[1]


@pytest.mark.e2e
def test_a_review_refreshes_in_a_clone_that_never_built(checkout: Checkout, tmp_path: Path) -> None:
    clone = checkout.clone(tmp_path / "third")
    write(clone, {"new.py": ""})
    done = checkout.in_clone(clone, *checkout.program, "review", "local")
    assert "building a file of .. that Git does not track: new.py" in done.output
    assert "local: 1 replaced\n" in done.output, done.output
    (clone / "new.py").unlink()
    done = checkout.in_clone(clone, *checkout.program, "review", "local")
    assert done.exit_code == 0
    assert "nothing changes" in done.output, done.output


@pytest.mark.e2e
def test_a_refresh_needs_no_archive(
    checkout: Checkout, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The published provider stops here; docs/production.md says which command to run first."""
    clone = checkout.clone(tmp_path / "fourth")
    refresh = ("pulumi", "refresh", "-s", "local", "--yes", "--non-interactive")
    done = checkout.in_clone(clone, *refresh)
    is_ours = "ours" in request.node.callspec.id
    assert (done.exit_code == 0) == is_ours, done.output
    assert checkout.in_clone(clone, "pulumi", "preview", "-s", "local").exit_code == 0
    done = checkout.in_clone(clone, *refresh)
    assert done.exit_code == 0, done.output


@pytest.mark.e2e
def test_an_untracked_file_is_built_and_said(checkout: Checkout) -> None:
    write(checkout.top, {"notes.txt": ""})
    done = checkout.preview()
    assert done.planned == {"replace": 1}, done.output
    assert "building a file of .. that Git does not track: notes.txt" in done.output
    (checkout.top / "notes.txt").unlink()
    assert nothing_changes(checkout.preview())


@pytest.mark.e2e
def test_an_incomplete_checkout_stops_before_anything_is_built(checkout: Checkout) -> None:
    write(checkout.top, {"logo.psd": "version https://git-lfs.github.com/spec/v1\noid x\n"})
    says = "cannot build ..: logo.psd is a pointer of Git LFS, not the file; write"
    done = checkout.preview()
    assert (done.exit_code, says in done.output, "Traceback" in done.output) == (1, True, False)
    done = checkout.inside(*checkout.program, "review", "local")
    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output
    (checkout.top / "logo.psd").unlink()


def test_a_stack_without_a_source_has_no_archive(tmp_path: Path) -> None:
    write(tmp_path, {"Pulumi.yaml": "name: shop\nruntime: python\n"})
    for text in ("config: {}\n", "config:\n  shop:app: {source: no-such}\n", "- not a file"):
        write(tmp_path, {"Pulumi.x.yaml": text})
        assert write_archive(tmp_path, "x") == ""
    assert write_archive(tmp_path, "unknown") == ""
    assert not (tmp_path / ".dynostack").exists()


def test_an_archive_that_cannot_be_written_stops_a_review(tmp_path: Path) -> None:
    write(tmp_path, {"Pulumi.yaml": "name: shop\nruntime: python\n", ".dynostack": ""})
    write(tmp_path, {"Pulumi.x.yaml": "config:\n  shop:app: {source: site}\n", "site/a": ""})
    with pytest.raises(
        EngineFailed, match=r"cannot write the archive of site: \.dynostack/sources"
    ):
        write_archive(tmp_path, "x")
