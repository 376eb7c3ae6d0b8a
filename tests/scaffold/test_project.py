"""Tests of `dynostack new` in a repository that stays as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
import yaml
from click.testing import CliRunner, Result

from dynostack.cli.commands import commands
from dynostack.environment import examine
from dynostack.scaffold.project import project_name
from tests.scaffold.repositories import DEPLOYABLE, PROCFILE, django, write

FILES = {**DEPLOYABLE, "test_site.py": "def test_site():\n    assert True\n"}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return write(tmp_path / "My Blog", FILES)


def new(repository: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    monkeypatch.chdir(repository)
    return CliRunner().invoke(commands, ["new", *options])


def status(repository: Path) -> list[str]:
    """Return what Git sees as new or changed, folder by folder."""
    command = ["git", "-C", str(repository), "status", "--porcelain"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line[3:] not in FILES]


def test_all_files_are_in_one_folder_and_named(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in repository.iterdir() if path.is_file()}
    done = new(repository, monkeypatch)
    assert done.exit_code == 0, done.output
    assert {path: path.read_bytes() for path in before} == before
    written = {str(each.relative_to(repository)) for each in repository.rglob("infra/**/*")}
    files = {name for name in written if (repository / name).is_file()}
    assert files == {
        line.removeprefix("==> wrote ") for line in done.stderr.splitlines()[: len(files)]
    }
    assert "infra/" in " ".join(status(repository))
    pulumi = yaml.safe_load((repository / "infra/Pulumi.yaml").read_text())
    assert pulumi["name"] == "my-blog"
    assert pulumi["runtime"]["options"]["virtualenv"] == ".venv"


def test_only_what_the_team_knows_is_missing(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = new(repository, monkeypatch)
    assert "your team has to add to Pulumi.prod.yaml: account\n" in done.stderr
    infra = repository / "infra"
    assert {each.code for each in examine("local", infra).errors} == set()
    assert {each.code for each in examine("prod", infra).errors} == {"DS116"}


@pytest.mark.parametrize("place", [".", "infra"])
def test_the_tests_pass_and_the_repositorys_own_still_do(
    repository: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    new(repository, monkeypatch, "--policies")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, cwd=repository / place, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert ("1 passed" if place == "." else "2 passed") in done.stdout


@pytest.mark.parametrize(
    "there", ["infra/Pulumi.yaml", "infra/Pulumi.yml", "infra/Pulumi.dev.yaml", "infra/__main__.py"]
)
def test_nothing_of_another_project_is_overwritten(
    repository: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    (repository / "infra").mkdir()
    (repository / there).symlink_to("nowhere")
    done = new(repository, monkeypatch)
    assert f"{there} " in str(done.exception)
    assert "nothing was written" in str(done.exception)
    assert [path.name for path in (repository / "infra").iterdir()] == [Path(there).name]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--into", "../elsewhere"), "is not a folder of this repository"),
        (("--into", "manage.py"), "is not a folder"),
        (("--name", "My Blog"), "write a name such as my-blog"),
        (("--source", "docs"), "folders with one: ."),
    ],
)
def test_a_wrong_option_is_explained(
    repository: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    assert told in str(new(repository, monkeypatch, *options).exception)
    assert not (repository / "infra").exists()


@pytest.mark.parametrize(
    ("host", "local", "production"),
    [
        ("our-blog.herokuapp.com", "our-blog", "our-blog"),
        ("our-blog-0123456789ab.herokuapp.com", "our-blog-0123456789ab", "our-blog"),
        (".herokuapp.com", "my-blog-local", "my-blog"),
    ],
)
def test_an_app_has_the_only_name_that_its_site_accepts(
    repository: Path, monkeypatch: pytest.MonkeyPatch, host: str, local: str, production: str
) -> None:
    settings = repository / "blog/settings.py"
    settings.write_text(f"{settings.read_text()}\nALLOWED_HOSTS = ['8000-x.gitpod.io', '{host}']\n")
    done = new(repository, monkeypatch)
    assert done.exit_code == 0, done.output
    called = (
        f"both apps are called {local},"
        if local == production
        else f"the apps are called {local} and {production},"
    )
    assert (called in done.stderr) == (host[0] != ".")
    infra = repository / "infra"
    for stack, name in (("local", local), ("prod", production)):
        assert f"    name: {name}\n" in (infra / f"Pulumi.{stack}.yaml").read_text()
        found = examine(stack, infra).errors
        assert not {each.code for each in found} & {"DS301", "DS529"}


@pytest.mark.parametrize(
    ("hosts", "domain"),
    [
        ("['localhost', '.acme.example']", "acme.example"),
        ("['www.acme.example', 'acme.example']", "www.acme.example"),
        ("['www.acme.example', '.herokuapp.com']", ""),
        ("['www.acme.example', '*']", ""),
        ("os.environ.get('HOSTS', 'www.acme.example').split(',')", ""),
        ("['127.0.0.1', 'testserver']", ""),
    ],
)
def test_a_site_of_its_own_domains_has_one_on_the_local_heroku(
    repository: Path, monkeypatch: pytest.MonkeyPatch, hosts: str, domain: str
) -> None:
    settings = repository / "blog/settings.py"
    settings.write_text(f"{settings.read_text()}\nimport os\nALLOWED_HOSTS = {hosts}\n")
    done = new(repository, monkeypatch)
    assert done.exit_code == 0, done.output
    infra = repository / "infra"
    line = f"  my-blog:domains: [{domain}]\n"
    assert (line in (infra / "Pulumi.local.yaml").read_text()) == bool(domain)
    assert "domains:" not in (infra / "Pulumi.prod.yaml").read_text()
    refused = "DS529" in {each.code for each in examine("local", infra).errors}
    assert refused == ("127.0.0.1" in hosts)


def test_a_missing_procfile_is_named(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "Procfile").unlink()
    done = new(repository, monkeypatch)
    assert done.exit_code == 0, done.output
    assert (
        "there is no Procfile, and the site needs one; print its lines with:"
        " cd infra && dynostack django settings local\n"
    ) in done.stderr


@pytest.mark.parametrize("lacking", [(), ("Procfile",), ("Procfile", "requirements.txt")])
def test_what_stops_an_update_comes_first(
    repository: Path, monkeypatch: pytest.MonkeyPatch, lacking: tuple[str, ...]
) -> None:
    for name in lacking:
        (repository / name).unlink()
    done = new(repository, monkeypatch)
    codes = {0: "", 1: "DS511", 2: "DS501 and DS511"}[len(lacking)]
    errors = {each.code for each in examine("local", repository / "infra").errors}
    assert {each for each in codes.split(" and ") if each} == errors
    steps = [each for each in done.stderr.splitlines() if each.startswith("==> next: ")]
    if codes:
        command = "cd infra && dynostack check local"
        assert steps == [f"==> next: correct {codes}; to see them: {command}"]
        assert "==> and then: cd infra && dynostack up\n" in done.stderr
    else:
        assert steps == ["==> next: cd infra && dynostack up"]


def test_a_site_without_a_procfile_does_not_come_up(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address behind which nothing runs would look like a site."""
    (repository / "Procfile").unlink()
    assert new(repository, monkeypatch).exit_code == 0
    infra = repository / "infra"
    lines = "my-blog:formation:\n    web: {size: basic, quantity: 1}\n"
    assert lines in (infra / "Pulumi.local.yaml").read_text()
    missing = [each for each in examine("local", infra).errors if each.code == "DS511"]
    assert [each.suggestion for each in missing] == ["a Procfile with web: gunicorn blog.wsgi"]


def test_another_folder_and_name(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = new(repository, monkeypatch, "--into", "ops/heroku", "--name", "shop")
    assert "next: cd ops/heroku && dynostack up" in done.stderr
    text = (repository / "ops/heroku/Pulumi.local.yaml").read_text()
    assert "shop:app:\n    name: shop-local\n    source: ../..\n" in text


def test_ignored_files_are_named(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / ".gitignore").write_text("*.local.yaml\n")
    done = new(repository, monkeypatch)
    assert "add them with: git add --force infra/Pulumi.local.yaml\n" in done.stderr


def test_a_secret_of_app_json_is_encrypted(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "app.json").write_text('{"env": {"MAIL_TOKEN": {"value": "t-6c21"}}}')
    done = new(repository, monkeypatch)
    assert "your team has to add to Pulumi.prod.yaml: account, MAIL_TOKEN\n" in done.stderr
    local, prod = ((repository / f"infra/Pulumi.{each}.yaml") for each in ("local", "prod"))
    assert "t-6c21" not in local.read_text() + prod.read_text()
    examined = examine("local", repository / "infra")
    assert [each.code for each in examined.diagnostics if each.code.startswith("DS4")] == []


def test_an_app_has_a_name_of_three_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path / "hc", FILES)
    assert new(root, monkeypatch).exit_code == 0
    assert "name: hc-app\n" in (root / "infra/Pulumi.prod.yaml").read_text()
    assert "name: hc-local\n" in (root / "infra/Pulumi.local.yaml").read_text()


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("My Blog", "my-blog"),
        ("42", "app-42"),
        ("Größe", "gr-e"),
        ("--", "app"),
        ("a_b.c", "a-b-c"),
    ],
)
def test_the_name_of_a_project(folder: str, name: str) -> None:
    assert project_name(folder) == name


def test_the_source_is_the_folder_of_the_procfile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path, {**django("backend/"), "backend/Procfile": PROCFILE})
    new(root, monkeypatch)
    document = yaml.safe_load((root / "infra/Pulumi.local.yaml").read_text())
    (app,) = (part for name, part in document["config"].items() if name.endswith(":app"))
    assert app["source"] == str(PurePosixPath("../backend"))


def test_a_config_var_names_the_app(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "app.json").write_text('{"env": {"HEROKU_APP_NAME": {"required": true}}}')
    done = new(repository, monkeypatch)
    assert done.exit_code == 0, done.output
    for stack, app in (("local", "my-blog-local"), ("prod", "my-blog")):
        text = (repository / f"infra/Pulumi.{stack}.yaml").read_text()
        assert f"      HEROKU_APP_NAME: {app}\n" in text
