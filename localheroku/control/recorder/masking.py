"""Masks secrets in recordings: values of config vars, keys, passwords, signed URLs.

Access, such as permissions and roles, is not secret and stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from localheroku.core.redaction import HIDDEN, redact_keys

CONFIG_VAR_PATHS = re.compile(r"/config-vars/*$")
"""Paths whose bodies are config vars by name."""

CONFIG_VAR_FIELDS = frozenset(
    {"config", "config_vars", "env", "environment", "environment_variables", "variables", "vars"}
)
"""Fields that hold config vars by name, or an add-on's options, which may be addresses."""

NAME_LIST_FIELD = "config_vars"
"""The field among them that may be a list of names instead."""

SECRET_FIELDS = re.compile(
    r"password|passwd|passphrase|secret|token$|private_key|api_key|^key$|authorization$|^value$"
    r"|_code$|^code$|^attach_url$",
    re.IGNORECASE,
)
"""Names of fields whose text is secret."""

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>]+")


def mask(path: str, document: Any, *, is_error: bool = False) -> Any:
    """Return a body of a call to this path without secrets; `is_error`: the call failed."""
    if CONFIG_VAR_PATHS.search(path) and not is_error:
        return _mask_values(document)
    return _mask_value(document)


def mask_query(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the query of a request without secrets, including the keys of streams."""
    return {
        name: HIDDEN if SECRET_FIELDS.search(name) else _mask_text(value)
        for name, value in parameters.items()
    }


def _mask_value(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        if name.lower() in CONFIG_VAR_FIELDS:
            return _mask_values(value)
        return {key: _mask_value(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mask_value(inner, name) for inner in value]
    if isinstance(value, str):
        secret = SECRET_FIELDS.search(name) or name.lower() in CONFIG_VAR_FIELDS - {NAME_LIST_FIELD}
        return HIDDEN if secret else _mask_text(value)
    return value


def _mask_values(values: Any) -> Any:
    """Mask the values of an object, or anything else as a whole."""
    if not isinstance(values, dict):
        return None if values is None else HIDDEN
    return {name: None if value is None else HIDDEN for name, value in values.items()}


def _mask_text(text: str) -> str:
    return redact_keys(URL.sub(lambda found: _mask_url(found[0]), text))


def _mask_url(address: str) -> str:
    """Return a URL without its password and query, which may be a signature."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    place = f"{HIDDEN}@{host}" if "@" in parts.netloc else host
    return urlunsplit((parts.scheme, place, parts.path, HIDDEN if parts.query else "", ""))
