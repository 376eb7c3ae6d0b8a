"""Tests of the Git configuration of the local environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dynostack.local import git_config

HEROKU = "http://127.0.0.1:5050"


def configure(file: Path) -> None:
    git_config.configure(file, HEROKU, file.with_name("trusted.pem"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a user who has configured a name in Git."""
    for name in ("GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Ada\n")
    return tmp_path


def said(file: Path, *words: str, stdin: str = "") -> str:
    """Return what git prints with this configuration file and a key."""
    environment = {
        "GIT_CONFIG_GLOBAL": str(file),
        "HEROKU_API_KEY": "k e y",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        ["git", *words], input=stdin, capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


def test_the_users_own_configuration_applies(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(home / "theirs")
    assert said(home / "theirs", "config", "user.name") == "Ada\n"
    (home / ".config/git").mkdir(parents=True)
    (home / ".config/git/config").write_text("[user]\n\temail = ada@acme.example\n")
    assert said(home / "theirs", "config", "user.email") == "ada@acme.example\n"
    (home / "own").write_text("[user]\n\tname = Grace\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "own"))
    configure(home / "theirs")
    assert said(home / "theirs", "config", "user.name") == "Grace\n"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "theirs"))
    configure(home / "theirs")
    assert said(home / "theirs", "config", "user.name") == "Ada\n"


def test_additions_of_other_programs_are_kept(home: Path) -> None:
    configure(home / "theirs")
    said(
        home / "theirs", "config", "--global", "credential.https://127.0.0.1:5050.helper", "!theirs"
    )
    configure(home / "theirs")
    assert "!theirs" in (home / "theirs").read_text()
    assert "theirs" not in (home / ".gitconfig").read_text()


def test_the_key_is_the_password_of_the_local_heroku_only(home: Path) -> None:
    configure(home / "theirs")
    for protocol in ("http", "https"):
        asked = f"protocol={protocol}\nhost=127.0.0.1:5050\n"
        answer = said(home / "theirs", "credential", "fill", stdin=f"{asked}\n")
        assert answer == f"{asked}username=heroku\npassword=k e y\n"
    with pytest.raises(subprocess.CalledProcessError):
        said(home / "theirs", "credential", "fill", stdin=asked.replace("5050", "5051"))
