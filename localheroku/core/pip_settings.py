"""The developer's settings of pip, translated for uv, which does not read them.

https://pip.pypa.io/en/stable/topics/configuration/,
https://docs.astral.sh/uv/pip/compatibility/
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

LINE = re.compile(r"(?:global|install|:env:)\.([\w-]+)=(.+)")
"""A line of `pip config list` that is about `pip install`; a later one overrides an earlier one."""

VARIABLES = {
    "cert": "SSL_CERT_FILE",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "index-url": "UV_DEFAULT_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
}
WITHOUT_EFFECT = frozenset(
    {
        "cache-dir",
        "config-file",
        "default-timeout",
        "disable-pip-version-check",
        "no-cache-dir",
        "no-color",
        "no-input",
        "progress-bar",
        "quiet",
        "require-virtualenv",
        "retries",
        "root-user-action",
        "timeout",
        "verbose",
    }
)
"""Settings that do not change what is installed."""


def for_uv(lines: Iterable[str], extra_index: str) -> dict[str, str] | None:
    """Return uv's environment variables for the output of `pip config list`.

    Args:
        lines: the lines of the output.
        extra_index: replaces the setting of this name, unless it is empty.

    Returns:
        None if a setting has no counterpart: only pip installs the same then.
    """
    settings: dict[str, str] = {}
    for line in lines:
        if found := LINE.fullmatch(line.strip()):
            settings[found[1]] = str(ast.literal_eval(found[2]))
    if extra_index:
        settings["extra-index-url"] = extra_index
    if not settings.keys() <= VARIABLES.keys() | WITHOUT_EFFECT:
        return None
    return {
        VARIABLES[name]: " ".join(_values(name, value))
        for name, value in settings.items()
        if name in VARIABLES
    }


def _values(name: str, text: str) -> list[str]:
    """Return the values of a setting; pip only warns about folders that do not exist."""
    values = text.split()
    if name != "find-links":
        return values
    return [each for each in values if not each.startswith("/") or Path(each).is_dir()]
