"""The provider's configuration, from its arguments, the environment and netrc, in that order.

Names, defaults and precedence are those of terraform-provider-heroku 5.2.10.
"""

from __future__ import annotations

import json
import netrc
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dynostack import network
from dynostack.provider.check import coerced
from dynostack.provider.errors import ProviderError
from dynostack.provider.fields import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dynostack.provider.values import Properties

DEFAULT_URL = "https://api.heroku.com"
_ENVIRONMENT = {
    "apiKey": "HEROKU_API_KEY",
    "email": "HEROKU_EMAIL",
    "headers": "HEROKU_HEADERS",
    "url": "HEROKU_API_URL",
}
_DELAYS = ("postAppCreateDelay", "postSpaceCreateDelay", "postDomainCreateDelay")
_TIMEOUTS = ("addonCreateTimeout",)
_CUSTOMIZATIONS = ("setAppAllConfigVarsInState", "setAddonConfigVarsInState")
_JSON = ("customizations", "delays", "timeouts")
_KNOWN = {*_ENVIRONMENT, *_JSON, "version", "pluginDownloadURL"}
_LEAST_ADDON_MINUTES = 10


@dataclass(frozen=True)
class Settings:
    """The provider's configuration; delays and timeouts in seconds."""

    url: str = DEFAULT_URL
    email: str = ""
    api_key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    app_delay: float = 10
    domain_delay: float = 5
    addon_timeout: float = 20 * 60
    app_config_vars_in_state: bool = True
    addon_config_vars_in_state: bool = True


class WrongSettingError(ProviderError):
    """A provider argument is invalid."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"heroku:{name} {reason}")
        self.name = name
        self.reason = reason


def wrong_settings(arguments: Properties) -> Iterator[WrongSettingError]:
    """Yield everything that is wrong with the provider's arguments."""
    for name in sorted(arguments.keys() - _KNOWN):
        yield WrongSettingError(name, f"is unknown; write one of {', '.join(sorted(_KNOWN))}")
    for read in (_headers, _customizations, _delays, _timeouts):
        try:
            read(arguments)
        except WrongSettingError as wrong:
            yield wrong


def compact(arguments: Properties) -> Properties:
    """Return the arguments with their JSON in the form that the published provider writes."""
    return {name: _compact(name, value) for name, value in arguments.items()}


def _compact(name: str, value: Any) -> Any:
    if name not in _JSON or not isinstance(value, str) or not value:
        return value
    return json.dumps(json.loads(value), separators=(",", ":"), sort_keys=True)


def read_settings(arguments: Properties, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings from these arguments, the environment and netrc."""
    given = _with_environment(arguments, environment)
    url = str(given.get("url") or DEFAULT_URL).rstrip("/")
    email, api_key = _netrc_login(url, environment)
    customizations = _customizations(given)
    # The published provider sleeps because Heroku's own caches lag behind a create; a Heroku on
    # this machine has none.
    delays = dict.fromkeys(_DELAYS, 0) if network.is_local(url) else {}
    delays = {**delays, **_delays(given)}
    return Settings(
        url=url,
        email=str(given.get("email") or email),
        api_key=str(given.get("apiKey") or api_key),
        headers=_headers(given),
        app_delay=delays.get("postAppCreateDelay", Settings.app_delay),
        domain_delay=delays.get("postDomainCreateDelay", Settings.domain_delay),
        addon_timeout=60 * _timeouts(given).get("addonCreateTimeout", Settings.addon_timeout / 60),
        app_config_vars_in_state=customizations.get("setAppAllConfigVarsInState", True),
        addon_config_vars_in_state=customizations.get("setAddonConfigVarsInState", True),
    )


def _with_environment(arguments: Properties, environment: Mapping[str, str]) -> Properties:
    named = {name: environment.get(variable) for name, variable in _ENVIRONMENT.items()}
    return {**{name: value for name, value in named.items() if value}, **arguments}


def _parsed(arguments: Properties, name: str) -> Any:
    """Return the value of an argument; arguments that are not strings are sent as JSON."""
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise WrongSettingError(name, "is not JSON") from None


def _headers(arguments: Properties) -> dict[str, str]:
    headers = _parsed(arguments, "headers") or {}
    if isinstance(headers, dict) and all(isinstance(value, str) for value in headers.values()):
        return headers
    raise WrongSettingError(
        "headers", 'is not a mapping of names to strings; write {"X-Name": "value"}'
    )


def _customizations(arguments: Properties) -> dict[str, bool]:
    blocks = _parsed(arguments, "customizations") or []
    if not isinstance(blocks, list) or len(blocks) > 1:
        raise WrongSettingError("customizations", "must be a list with one mapping")
    return _entries("customizations", blocks[0] if blocks else {}, _CUSTOMIZATIONS, Kind.FLAG)


def _delays(arguments: Properties) -> dict[str, int]:
    return _numbers(arguments, "delays", _DELAYS, least=0)


def _timeouts(arguments: Properties) -> dict[str, int]:
    return _numbers(arguments, "timeouts", _TIMEOUTS, least=_LEAST_ADDON_MINUTES)


def _numbers(
    arguments: Properties, name: str, known: tuple[str, ...], *, least: int
) -> dict[str, int]:
    block = _parsed(arguments, name) or {}
    block = block[0] if isinstance(block, list) and len(block) == 1 else block
    numbers = _entries(name, block, known, Kind.NUMBER)
    for key, number in numbers.items():
        if number < least:
            raise WrongSettingError(f"{name}.{key}", f"is too small; write {least} or more")
    return numbers


def _entries(name: str, block: Any, known: tuple[str, ...], kind: Kind) -> dict[str, Any]:
    if not isinstance(block, dict) or not block.keys() <= set(known):
        raise WrongSettingError(name, f"must be a mapping with the names {', '.join(known)}")
    try:
        given = {key: value for key, value in block.items() if value is not None}
        return {key: coerced(Field(kind), value) for key, value in given.items()}
    except ValueError:
        raise WrongSettingError(name, f"has a value that is not {kind.value}") from None


def _netrc_login(url: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the login and password for the API's host (with its port, if it has one)."""
    directory = environment.get("NETRC") or "~"
    path = Path(environment.get("NETRC_PATH") or Path(directory) / ".netrc").expanduser()
    if not path.is_file():
        return "", ""
    try:
        entry = netrc.netrc(path).authenticators(urlsplit(url).netloc)
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError):
        raise ProviderError(f"cannot read the login file {path}; repair or remove it") from None
    return (entry[0], entry[2]) if entry else ("", "")
