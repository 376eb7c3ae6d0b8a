"""Tests of the local environment's directory and variables."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dynostack.local.project_folder import NoProject
from dynostack.local.workspace import LocalWorkspace


@pytest.fixture
def world(tmp_path: Path) -> LocalWorkspace:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    return LocalWorkspace.of(tmp_path)


def test_a_folder_below_the_project_belongs_to_its_local_environment(world: LocalWorkspace) -> None:
    below = world.project / "examples" / "django"
    below.mkdir(parents=True)
    assert LocalWorkspace.of(below) == world


def test_outside_a_project_there_is_no_local_environment(tmp_path: Path) -> None:
    with pytest.raises(NoProject, match=r"no Pulumi\.yaml in .* or above it"):
        LocalWorkspace.of(tmp_path)


def test_the_project_below_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    with pytest.raises(NoProject, match=r"or above it; cd infra$"):
        LocalWorkspace.of(tmp_path)


def test_creating_it_again_keeps_the_key(world: LocalWorkspace) -> None:
    world.create()
    key = world.api_key_file.read_text()
    world.create()
    assert world.api_key_file.read_text() == key
    assert len(key) == 36


def test_commands_that_create_it_at_once_share_one_key(world: LocalWorkspace) -> None:
    def create(_: int) -> str:
        world.create()
        return world.api_key_file.read_text()

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(create, range(8)))
    assert len(keys) == 1
    names = {path.name for path in world.heroku_data.iterdir()}
    assert names == {"api-key", "localhost.pem"}


def test_removing_it_removes_all_its_files_and_no_others(
    world: LocalWorkspace, tmp_path: Path
) -> None:
    world.remove()
    world.create()
    world.remove()
    assert not world.root.exists()
    world.root.touch()
    world.remove()
    assert not world.root.exists()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "theirs").touch()
    world.root.symlink_to(elsewhere)
    world.create()
    (elsewhere / "sources/local").mkdir(parents=True)
    world.remove()
    assert not world.root.is_symlink()
    assert [path.name for path in elsewhere.iterdir()] == ["theirs"]


def test_only_the_owner_reads_it(world: LocalWorkspace) -> None:
    world.create()
    assert stat.S_IMODE(world.root.stat().st_mode) == 0o700
    assert stat.S_IMODE(world.api_key_file.stat().st_mode) == 0o600


def test_variables_point_to_the_local_heroku_only(
    world: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEROKU_API_KEY", "the-real-one")
    monkeypatch.setenv("HEROKU_API_URL", "https://api.heroku.com")
    monkeypatch.setenv("PATH", f"{world.bin}:/usr/bin:/bin")
    world.create()
    variables = world.variables()
    assert variables["HEROKU_API_URL"] == "http://127.0.0.1:5050"
    assert variables["HEROKU_API_KEY"] == world.api_key_file.read_text()
    assert variables["PULUMI_BACKEND_URL"] == world.state.as_uri()
    first, *given, last = variables["PATH"].split(":")
    assert (first, given) == (str(world.bin), ["/usr/bin", "/bin"])
    assert (Path(last) / "psql").is_file()
    assert world.environment()["HEROKU_API_KEY"] != "the-real-one"
    hosts = [value for name, value in variables.items() if name.endswith(("_HOST", "_URL"))]
    here = r"(?:http|ws)://127\.0\.0\.1:5050(/\w+)?|127\.0\.0\.1"
    assert [host for host in hosts if not re.fullmatch(here, host)] == [world.state.as_uri()]


def test_the_path_does_not_grow(world: LocalWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    world.create()
    path = world.variables()["PATH"]
    monkeypatch.setenv("PATH", path)
    assert world.variables()["PATH"] == path


def test_node_trusts_the_local_heroku_and_the_users_certificates(
    world: LocalWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = tmp_path / "company.pem"
    company.write_text("the company's")
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(company))
    world.create()
    trusted = Path(world.variables()["NODE_EXTRA_CA_CERTS"])
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(trusted))
    world.create()
    text = trusted.read_text()
    assert text.startswith("the company's\n-----BEGIN CERTIFICATE-----\n")
    assert text.count("CERTIFICATE-----") == 2
    assert "PRIVATE" not in text


VARIABLES = ["NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO"]


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_change_of_the_users_certificates_is_trusted_the_next_time(
    world: LocalWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    company = tmp_path / "company.pem"
    for content in ("the company's", "the company's\nremark: \xe4\n", "another\n", "another\n"):
        company.write_text(content, encoding="latin-1")
        monkeypatch.setenv(variable, str(company))
        for _ in range(3):
            world.create()
            file = Path(world.variables()[variable])
            monkeypatch.setenv(variable, str(file))
            text = file.read_text()
            assert text.startswith(content[:5])
            assert text.count("CERTIFICATE-----") == 2
            assert text.count("the company's") + text.count("another") == 1
    company.write_text("the last\n")
    world.create()
    assert file.read_text().startswith("the last\n-----BEGIN")
    company.unlink()
    world.create()
    assert file.read_text().startswith("-----BEGIN")
    assert file.is_relative_to(world.root)


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("company", ["the company's\n", None])
def test_only_the_users_certificates_are_copied_from_another_local_environment(
    world: LocalWorkspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    company: str | None,
) -> None:
    (tmp_path / "other").mkdir()
    other = LocalWorkspace(tmp_path / "other", world.heroku)
    monkeypatch.setenv(variable, str(tmp_path / "company.pem"))
    if company:
        (tmp_path / "company.pem").write_text(company)
    for one in (world, other, world, other):
        one.create()
        text = Path(one.variables()[variable]).read_text()
        monkeypatch.setenv(variable, one.variables()[variable])
        assert text.count("CERTIFICATE-----") == 2
        assert text.startswith(f"{company or ''}-----BEGIN")


def test_git_has_its_own_certificates_only_if_the_user_has_set_some(
    world: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_SSL_CAINFO", raising=False)
    world.create()
    assert "GIT_SSL_CAINFO" not in world.variables()


def test_a_passphrase_that_the_user_has_set_is_kept(
    world: LocalWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.create()
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    assert "PULUMI_CONFIG_PASSPHRASE" in world.variables()
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "theirs")
    assert world.environment()["PULUMI_CONFIG_PASSPHRASE"] == "theirs"


def test_variables_do_not_need_the_slow_modules_of_a_server(world: LocalWorkspace) -> None:
    world.create()
    program = (
        "import pathlib, sys; from dynostack.local.workspace import LocalWorkspace;"
        " LocalWorkspace.of(pathlib.Path.cwd()).variables(); print('aiohttp' in sys.modules)"
    )
    command = [sys.executable, "-P", "-c", program]
    assert subprocess.check_output(command, cwd=world.project, text=True) == "False\n"
