"""Tests of the wheel in environments with nothing but its own requirements, as users install it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from dynostack.cli.commands import commands, subcommands
from dynostack.cli.extras import EXTRAS
from dynostack.toolchain.placement import PROVIDER
from tests.comment.service import TOKEN, GitHubService, running
from tests.ports import free_port
from tests.wheel.package import ROOT, Installed, run, surroundings

pytestmark = [pytest.mark.e2e, pytest.mark.long]

PROBE = Path(__file__).with_name("probe.py")
FINE = ROOT / "tests/check/cases/fine-django"
MEGABYTES = 1_000_000
BASE = ("catalogue", "check", "cli", "comment", "environment", "explain", "scaffold")
PULUMI = (
    "components",
    "engine",
    "fleet",
    "inventory",
    "program",
    "provider",
    "recover",
    "review",
    "secrets",
)
"""The packages of dynostack whose modules all work without further extras."""
APP = "acme-shop-local"
PROJECT = {
    "Pulumi.yaml": "name: shop\nruntime: python\n",
    "__main__.py": "from dynostack.program import run\n\nrun()\n",
    "Pulumi.local.yaml": f"""\
config:
  shop:account: ops@acme.example
  shop:app: {{name: {APP}, source: site, configVars: {{GREETING: hello}}}}
  shop:formation: {{web: {{size: basic, quantity: 1}}}}
  shop:postgres: {{plan: essential-0, protect: false}}
""",
    "site/Procfile": "web: python -m http.server $PORT\n",
    "site/requirements.txt": "# none\n",
}


@pytest.fixture
def fine(tmp_path: Path) -> Path:
    """Create a project whose environment is checked without its engine."""
    folder = tmp_path / "fine"
    shutil.copytree(FINE, folder)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    return folder


def needing(installed: str) -> dict[str, str]:
    """Return the commands whose extra is missing beside an installed one."""
    has = {"": (), "pulumi": ("pulumi",)}[installed]
    return {name: extra for name, extra in EXTRAS.items() if extra not in has}


def test_the_base_takes_less_than_40_megabytes(base: Installed) -> None:
    assert base.size() < 40 * MEGABYTES


def test_the_base_checks_explains_and_lists(base: Installed, fine: Path) -> None:
    assert base.run(fine, "check") == "1 stack checked: clean\n"
    assert "is not in a Git repository" in base.failed(fine, "check", "--changed", code=64)
    assert "hobby-dev was retired" in base.run(fine, "plans", "postgres")
    assert base.run(fine, "explain", "DS201").startswith("DS201  The plan was retired")
    assert base.run(fine, "explain", "DR104").startswith("DR104  ")
    assert base.run(fine, "django", "settings", "x") == ""
    assert base.run(fine, "--version") == "dynostack, version 0.1.0\n"


def test_the_base_creates_a_project(base: Installed, tmp_path: Path) -> None:
    shutil.copytree(FINE / "examples/django", tmp_path / "site")
    base.run(tmp_path, "new")
    assert [*tmp_path.rglob("Pulumi.local.yaml")]


def test_the_base_comments(base: Installed, fine: Path) -> None:
    on = ("--repo", "acme/shop", "--pr", "7")
    with running(GitHubService()) as service:
        variables = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": service.address}
        asking = Installed(base.folder, variables)
        asking.run(fine, "comment", "--outdated", *on)
        assert "no review" in asking.failed(fine, "reviewed", "x", *on)


def test_a_wheel_of_no_release_names_actions_by_their_tag(base: Installed, tmp_path: Path) -> None:
    base.run(tmp_path, "new", "--empty", "--github")
    text = (tmp_path / ".github/workflows/dynostack-drift.yml").read_text()
    assert f"/actions/drift@v{version('dynostack')}\n" in text


def test_the_base_updates_no_catalogue_that_it_cannot_read(base: Installed, fine: Path) -> None:
    assert "HEROKU_API_KEY" in base.failed(fine, "catalogue", "update")


@pytest.mark.parametrize("extra", ["", "pulumi"])
def test_a_command_without_its_extra_names_the_one_command_to_run(
    extra: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    installed: Installed = request.getfixturevalue(extra or "base")
    needed = needing(extra)
    found = json.loads(run(installed.python, PROBE, "answers", *needed, cwd=tmp_path))
    assert {path.split()[0] for path in found} == set(needed)
    for path, (code, said) in found.items():
        needs = needed[path.split()[0]]
        line = f'dynostack {path} needs an extra; run: pip install "dynostack[{needs}]"'
        assert (code, said) == (1, f"Error: {line}\n"), path
    assert not [*tmp_path.iterdir()]


def test_a_missing_extra_is_an_error_of_the_program_too(base: Installed, fine: Path) -> None:
    line = 'dynostack up needs an extra; run: pip install "dynostack[local]"'
    assert base.failed(fine, "up") == f"Error: {line}\n"
    assert 'Needs: pip install "dynostack[local]"' in base.run(fine, "up", "--help")


def test_every_command_is_tried_or_needs_an_extra() -> None:
    tried = {"catalogue", "check", "comment", "django", "explain", "new", "plans", "reviewed"}
    assert set(subcommands(commands)) == tried | set(EXTRAS)


@pytest.mark.parametrize(
    ("extra", "packages"),
    [
        ("base", [f"dynostack.{name}" for name in BASE]),
        ("pulumi", [f"dynostack.{name}" for name in PULUMI]),
        ("local", ["dynostack", "localheroku"]),
    ],
)
def test_modules_need_only_what_is_installed(
    extra: str, packages: list[str], request: pytest.FixtureRequest
) -> None:
    installed: Installed = request.getfixturevalue(extra)
    assert int(run(installed.python, PROBE, "imports", *packages)) > len(packages)


@pytest.fixture(scope="module")
def deployed(local: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Bring a small project up with the wheel alone."""
    folder = tmp_path_factory.mktemp("project") / "shop"
    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    settings = f"[tool.dynostack.local]\nport = {free_port()}\n"
    (folder / "pyproject.toml").write_text(settings)
    try:
        local.run(folder, "up")
        yield folder
    finally:
        local.run(folder, "clean")


def test_with_local_a_project_comes_up(local: Installed, deployed: Path) -> None:
    status = local.run(deployed, "local", "status")
    assert "web.1 up" in status
    launcher = deployed / ".dynostack/pulumi" / PROVIDER.path
    assert f"exec {local.python} " in launcher.read_text()


def test_with_pulumi_a_change_is_reviewed_and_applied(
    pulumi: Installed, local: Installed, deployed: Path, tmp_path: Path
) -> None:
    """Review as a workflow does: without the local Heroku, with an engine of its own."""
    clone = tmp_path / "shop"
    shutil.copytree(deployed, clone, ignore=shutil.ignore_patterns(".dynostack"))
    text = (clone / "Pulumi.local.yaml").read_text()
    (clone / "Pulumi.local.yaml").write_text(text.replace("GREETING: hello", "GREETING: good day"))
    names = ("HEROKU_API_URL", "HEROKU_API_KEY", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE")
    shell = f'eval "$({local.program} env)"; for each in {" ".join(names)}; do printenv $each; done'
    printed = run("sh", "-c", shell, cwd=deployed, env=surroundings())
    operator = Installed(pulumi.folder, dict(zip(names, printed.splitlines(), strict=True)))

    operator.run(clone, "toolchain")
    review = json.loads(operator.run(clone, "review", "local", "--format", "json"))
    operator.run(clone, "apply", "local", "--reviewed", review["digest"])
    operator.run(clone, "recover", "local", "--yes")
    assert "nothing changes" in operator.run(clone, "review", "local", "--exit-code")
