"""What a recording must not tell: values of config vars, keys, passwords, signed addresses.

Who may do what, such as permissions and roles, is no secret and stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from localheroku.core.redaction import HIDDEN, without_keys

VARIABLES = re.compile(r"/config-vars/*$")
"""Paths whose bodies are config vars by name."""

MAPS = frozenset(
    {"config", "config_vars", "env", "environment", "environment_variables", "variables", "vars"}
)
"""Fields that hold config vars by name, or an add-on's options, which may be addresses."""

NAMES = "config_vars"
"""The one of them that may be a list of names instead."""

SECRETS = re.compile(
    r"password|passwd|passphrase|secret|token$|private_key|api_key|^key$|authorization$|^value$"
    r"|_code$|^code$|^attach_url$",
    re.IGNORECASE,
)
"""Names of fields whose text is a secret."""

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+")


def masked(path: str, document: Any, *, is_error: bool = False) -> Any:
    """A body of a call of this path without its secrets; `is_error` of an answer that refuses."""
    if VARIABLES.search(path) and not is_error:
        return _hidden(document)
    return _masked(document)


def query(words: Mapping[str, str]) -> dict[str, str]:
    """The query of a request; its keys open streams."""
    return {name: HIDDEN if SECRETS.search(name) else _text(value) for name, value in words.items()}


def _masked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        if name.lower() in MAPS:
            return _hidden(value)
        return {key: _masked(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, name) for inner in value]
    if isinstance(value, str):
        secret = SECRETS.search(name) or name.lower() in MAPS - {NAMES}
        return HIDDEN if secret else _text(value)
    return value


def _hidden(values: Any) -> Any:
    """Names by which there is a value; what has no names is hidden as a whole."""
    if not isinstance(values, dict):
        return None if values is None else HIDDEN
    return {name: None if value is None else HIDDEN for name, value in values.items()}


def _text(text: str) -> str:
    return without_keys(ADDRESS.sub(lambda found: _address(found[0]), text))


def _address(address: str) -> str:
    """Without a password and without a query, which may be a signature."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    place = f"{HIDDEN}@{host}" if "@" in parts.netloc else host
    return urlunsplit((parts.scheme, place, parts.path, HIDDEN if parts.query else "", ""))
