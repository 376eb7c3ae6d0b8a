"""dynostack finds the backend that the real engine uses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dynostack.engine.backend import backend_address
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.toolchain.resolve import find_engine
from tests.toolchain.parts import Told

ELSEWHERE = "https://api.pulumi.com"


@pytest.fixture(scope="module")
def program() -> str:
    return str(find_engine(Told()).path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "state").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    return folder


@pytest.mark.e2e
@pytest.mark.parametrize("place", ["variable", "Pulumi.yaml", "relative", "login", "path"])
def test_the_engine_uses_the_backend(
    project: Path, tmp_path: Path, program: str, place: str
) -> None:
    address = (project / "state").as_uri()
    variables = {"PATH": "/usr/bin:/bin", "PULUMI_HOME": str(tmp_path / "home")}
    login = tmp_path / "home"
    match place:
        case "variable":
            variables["PULUMI_BACKEND_URL"] = address
        case "Pulumi.yaml":
            with (project / "Pulumi.yaml").open("a") as file:
                file.write(f"backend: {{url: {address!r}}}\n")
        case "relative":
            address = "file://./state"
            variables["PULUMI_BACKEND_URL"] = address
        case "path":
            login = tmp_path / "credentials"
            variables["PULUMI_CREDENTIALS_PATH"] = str(login)
    if place in ("login", "path"):
        login.mkdir(exist_ok=True)
        (login / "credentials.json").write_text(json.dumps({"current": address, "accounts": {}}))

    runner = PulumiProcess(program, project, None, variables)

    assert backend_address(project, variables) == address
    runner.text("stack", "ls")
    folder = runner.state_folder
    assert folder
    assert folder.path.resolve() == project / "state/.pulumi"
    assert folder.path.is_dir()


@pytest.mark.parametrize("text", [None, "", "null", "[]", '{"current": null}'])
def test_without_a_login_no_backend_is_chosen(
    project: Path, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "credentials.json").write_text(text)
    assert backend_address(project, {"PULUMI_HOME": str(tmp_path)}) == ""


def test_the_environment_counts_first(project: Path) -> None:
    (project / "Pulumi.yaml").write_text("name: shop\nbackend:\n  url: file:///state\n")
    assert backend_address(project, {"PULUMI_BACKEND_URL": ELSEWHERE}) == ELSEWHERE
    assert backend_address(project, {}) == "file:///state"


@pytest.mark.parametrize("password", ["planted", "pl@nt:ed"])
def test_the_password_of_a_table_is_not_in_an_error(
    project: Path, tmp_path: Path, password: str
) -> None:
    program = tmp_path / "pulumi"
    program.write_text('#!/bin/sh\necho "unable to open bucket $PULUMI_BACKEND_URL" >&2\nexit 1\n')
    program.chmod(0o755)
    address = {"PULUMI_BACKEND_URL": f"postgres://admin:{password}@db.invalid/state"}
    runner = PulumiProcess(str(program), project, None, address)
    with pytest.raises(EngineFailed) as failed:
        runner.text("stack", "ls")
    assert "postgres://admin:***@db.invalid/state" in str(failed.value)
