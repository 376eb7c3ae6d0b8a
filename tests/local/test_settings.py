"""Tests of the settings of the local Heroku in pyproject.toml."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dynostack.errors import NOT_STARTED
from dynostack.local.settings import LocalSettings, WrongSettings, read
from tests import warm

HEAD = "[project]\nname = 'shop'\n\n"


@pytest.fixture
def pyproject(tmp_path: Path) -> Path:
    return tmp_path / "pyproject.toml"


def test_port_account_and_team_are_read(pyproject: Path) -> None:
    pyproject.write_text(
        '[tool.dynostack.local]\nport = 5051\naccount = "me@acme.example"\nteam = "mine"\n'
    )
    assert read(pyproject) == LocalSettings(5051, "me@acme.example", "mine")


@pytest.mark.parametrize("text", ["", "[tool.other]\n", "[tool.dynostack]\n"])
def test_missing_settings_have_defaults(pyproject: Path, text: str) -> None:
    pyproject.write_text(text)
    assert read(pyproject) == LocalSettings()


def test_a_missing_file_means_defaults(pyproject: Path) -> None:
    assert read(pyproject) == LocalSettings()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "[tool.dynostack.local]\nprot = 1",
            5,
            'unknown setting "prot"; write one of port, account, team',
        ),
        ('[tool.dynostack.local]\nport = "5050"\nteam = "a"', 5, "port must be a number"),
        ("[tool.dynostack.local]\n\nport = 0", 6, "port must be a number from 1 to 65535"),
        ("[tool.dynostack]\nlocal = { port = 65536 }", 5, "port must be a number from 1 to 65535"),
        ("[tool]\ndynostack.local.team = 1", 5, "team must be a string in quotes"),
        ("[tool.dynostack]\nlocal = 5", 5, "must be a table; write its name in brackets"),
        ('[tool.dynostack.local]\naccount = "--help"', 5, "account must be an email address"),
        (
            '[tool.dynostack.local]\nteam = "a\\u0000"',
            5,
            "team must be a name of lowercase letters, digits and dashes",
        ),
        (
            '[tool.dynostack.local]\nport = 1\nteam = ""',
            6,
            "team must be a name of lowercase letters, digits and dashes",
        ),
        ("[tool]\ndynostack = 5", 5, "must be a table; write its name in brackets"),
    ],
)
def test_an_invalid_setting_is_reported_with_its_line(
    pyproject: Path, text: str, line: int, said: str
) -> None:
    pyproject.write_text(f"{HEAD}{text}\n\n[tool.other]\nport = 1\n")
    with pytest.raises(WrongSettings) as wrong:
        read(pyproject)
    assert str(wrong.value) == f"{pyproject}:{line}: [tool.dynostack.local] {said}"


@pytest.mark.parametrize(
    ("text", "place"), [("port", "5:5"), ("port = ", "5:8"), ('team = """', "5:11")]
)
def test_invalid_toml_is_reported_with_its_place(pyproject: Path, text: str, place: str) -> None:
    pyproject.write_text(f"{HEAD}[tool.dynostack.local]\n{text}")
    with pytest.raises(WrongSettings) as wrong:
        read(pyproject)
    assert str(wrong.value) == (
        f"{pyproject}:{place}: invalid TOML; write name = value, with strings in quotes"
    )


def test_a_file_in_another_encoding_is_reported(pyproject: Path) -> None:
    pyproject.write_bytes("[tool.dynostack.local]\nteam = 'Käufer'\n".encode("latin-1"))
    with pytest.raises(WrongSettings, match=r"is not UTF-8; save it in UTF-8"):
        read(pyproject)


@pytest.mark.parametrize("command", [("up",), ("local", "start"), ("env",)])
def test_a_command_reports_an_invalid_setting_in_one_line(
    pyproject: Path, command: tuple[str, ...]
) -> None:
    pyproject.with_name("Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    pyproject.write_text("[tool.dynostack.local]\nport = 99999\n")
    done = subprocess.run(
        [warm.dynostack(), *command],
        cwd=pyproject.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        NOT_STARTED,
        "",
        f"{pyproject}:2: [tool.dynostack.local] port must be a number from 1 to 65535\n",
    )
