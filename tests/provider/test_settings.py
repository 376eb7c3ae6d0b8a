"""Tests of the provider's arguments, the environment and the login file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynostack.provider.errors import ProviderError
from dynostack.provider.settings import DEFAULT_URL, compact, read_settings, wrong_settings

if TYPE_CHECKING:
    from pathlib import Path

LOCAL = "http://127.0.0.1:5050"


def _netrc(folder: Path, text: str) -> dict[str, str]:
    file = folder / "login"
    file.write_text(text)
    file.chmod(0o600)
    return {"NETRC_PATH": str(file)}


@pytest.fixture
def no_login(tmp_path: Path) -> dict[str, str]:
    return {"NETRC": str(tmp_path)}


def test_defaults_are_those_of_the_published_provider(no_login: dict[str, str]) -> None:
    settings = read_settings({}, no_login)
    assert settings.url == DEFAULT_URL
    assert (settings.app_delay, settings.domain_delay, settings.addon_timeout) == (10, 5, 1200)
    assert settings.app_config_vars_in_state
    assert settings.addon_config_vars_in_state


def test_a_heroku_on_this_machine_needs_no_delays(no_login: dict[str, str]) -> None:
    settings = read_settings({"url": LOCAL}, no_login)
    assert (settings.app_delay, settings.domain_delay) == (0, 0)


def test_given_delays_apply_everywhere(no_login: dict[str, str]) -> None:
    settings = read_settings({"url": LOCAL, "delays": '{"postAppCreateDelay":3}'}, no_login)
    assert (settings.app_delay, settings.domain_delay) == (3, 0)


def test_precedence_of_arguments_environment_and_login_file(tmp_path: Path) -> None:
    login = _netrc(tmp_path, "machine 127.0.0.1:5050 login file@x password file-key\n")
    named = {**login, "HEROKU_API_URL": LOCAL, "HEROKU_API_KEY": "environment-key"}
    assert read_settings({"apiKey": "argument-key"}, named).api_key == "argument-key"
    assert read_settings({}, named).api_key == "environment-key"
    from_file = read_settings({"url": LOCAL}, login)
    assert (from_file.email, from_file.api_key) == ("file@x", "file-key")


def test_the_login_file_is_looked_up_by_host_and_port(tmp_path: Path) -> None:
    login = _netrc(tmp_path, "machine 127.0.0.1 login file@x password file-key\n")
    assert read_settings({"url": LOCAL}, login).api_key == ""


def test_a_login_file_in_a_folder(tmp_path: Path) -> None:
    _netrc(tmp_path, "").clear()
    (tmp_path / ".netrc").write_text("machine api.heroku.com login a@b password folder-key\n")
    (tmp_path / ".netrc").chmod(0o600)
    assert read_settings({}, {"NETRC": str(tmp_path)}).api_key == "folder-key"


def test_a_broken_login_file_is_named(tmp_path: Path) -> None:
    login = _netrc(tmp_path, "machin planted-word\n")
    with pytest.raises(ProviderError, match=r"cannot read .*login; repair") as caught:
        read_settings({}, login)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"delay": "1"}, "heroku:delay is unknown; write one of apiKey, customizations, delays"),
        ({"delays": "{"}, "heroku:delays is not JSON"),
        ({"delays": '{"postAppCreateDelay":-1}'}, "delays.postAppCreateDelay is too small"),
        (
            {"delays": '{"postAppDelay":1}'},
            "must be a mapping with the names postAppCreateDelay, ",
        ),
        ({"timeouts": '{"addonCreateTimeout":5}'}, "addonCreateTimeout is too small; write 10"),
        ({"customizations": "[{},{}]"}, "must be a list with one mapping"),
        (
            {"customizations": '[{"setAddonConfigVarsInState":"perhaps"}]'},
            "has a value that is not true or false",
        ),
        ({"headers": '{"X":1}'}, "is not a mapping of names to strings"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], message: str) -> None:
    (wrong,) = wrong_settings(arguments)
    assert message in str(wrong)


def test_all_wrong_arguments_are_named() -> None:
    arguments = {"headers": "[", "delays": "[", "timeouts": "[", "customizations": "["}
    assert {each.name for each in wrong_settings(arguments)} == set(arguments)


def test_json_is_kept_as_the_published_provider_keeps_it() -> None:
    arguments = {"delays": '{"postSpaceCreateDelay": 1, "postAppCreateDelay": 0}', "url": "{ }"}
    expected = '{"postAppCreateDelay":0,"postSpaceCreateDelay":1}'
    assert compact(arguments) == {"delays": expected, "url": "{ }"}
