"""What pyproject.toml says of the local Heroku."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dynostack.local.settings import LocalSettings, WrongSettings, read

HEAD = "[project]\nname = 'shop'\n\n"


@pytest.fixture
def pyproject(tmp_path: Path) -> Path:
    return tmp_path / "pyproject.toml"


def test_it_names_port_account_and_team(pyproject: Path) -> None:
    pyproject.write_text(
        '[tool.dynostack.local]\nport = 5051\naccount = "me@acme.example"\nteam = "mine"\n'
    )
    assert read(pyproject) == LocalSettings(5051, "me@acme.example", "mine")


@pytest.mark.parametrize("text", ["", "[tool.other]\n", "[tool.dynostack]\n"])
def test_without_a_word_the_defaults_hold(pyproject: Path, text: str) -> None:
    pyproject.write_text(text)
    assert read(pyproject) == LocalSettings()


def test_without_a_file_they_hold_too(pyproject: Path) -> None:
    assert read(pyproject) == LocalSettings()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[tool.dynostack.local]\nprot = 1", 5, 'knows no "prot": write port, account, team'),
        ('[tool.dynostack.local]\nport = "5050"\nteam = "a"', 5, "port is a number"),
        ("[tool.dynostack.local]\n\nport = 0", 6, "port is a number from 1 to 65535"),
        ("[tool.dynostack]\nlocal = { port = 65536 }", 5, "port is a number from 1 to 65535"),
        ("[tool]\ndynostack.local.team = 1", 5, "team is a text in quotes"),
        ("[tool.dynostack]\nlocal = 5", 5, "is a table: write its name in brackets"),
        ('[tool.dynostack.local]\naccount = "--help"', 5, "account is an email address"),
        (
            '[tool.dynostack.local]\nteam = "a\\u0000"',
            5,
            "team is a name of small letters, digits and dashes",
        ),
        (
            '[tool.dynostack.local]\nport = 1\nteam = ""',
            6,
            "team is a name of small letters, digits and dashes",
        ),
        ("[tool]\ndynostack = 5", 5, "is a table: write its name in brackets"),
    ],
)
def test_what_cannot_be_is_said_with_its_line(
    pyproject: Path, text: str, line: int, said: str
) -> None:
    pyproject.write_text(f"{HEAD}{text}\n\n[tool.other]\nport = 1\n")
    with pytest.raises(WrongSettings) as wrong:
        read(pyproject)
    assert str(wrong.value) == f"{pyproject}:{line}: [tool.dynostack.local] {said}"


@pytest.mark.parametrize(("text", "line"), [("port", 5), ("port = ", 5), ('team = """', 5)])
def test_so_is_what_is_no_toml(pyproject: Path, text: str, line: int) -> None:
    pyproject.write_text(f"{HEAD}[tool.dynostack.local]\n{text}")
    with pytest.raises(WrongSettings) as wrong:
        read(pyproject)
    assert str(wrong.value) == (
        f"{pyproject}:{line}: this is no TOML: write name = value, and texts in quotes"
    )


def test_a_file_in_another_encoding_is_said(pyproject: Path) -> None:
    pyproject.write_bytes("[tool.dynostack.local]\nteam = 'Käufer'\n".encode("latin-1"))
    with pytest.raises(WrongSettings, match=r"is no text in UTF-8"):
        read(pyproject)


@pytest.mark.parametrize("command", [("up",), ("local", "start"), ("env",)])
def test_a_command_says_it_in_one_line(pyproject: Path, command: tuple[str, ...]) -> None:
    pyproject.with_name("Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    pyproject.write_text("[tool.dynostack.local]\nport = 99999\n")
    done = subprocess.run(
        [Path(sys.executable).with_name("dynostack"), *command],
        cwd=pyproject.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"{pyproject}:2: [tool.dynostack.local] port is a number from 1 to 65535\n",
    )
