"""How to run pip: its command, and the environment variables that it gets."""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from localheroku.core.addon_service import MissingProgram

VARIABLES = re.compile(
    r"^(HOME|TMPDIR|XDG_CACHE_HOME|(https?|no|all)_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE"
    r"|PIP_(CONFIG_FILE|(EXTRA_)?INDEX_URL|FIND_LINKS|NO_INDEX|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY"
    r"|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|CACHE_DIR|NO_CACHE_DIR|KEYRING_PROVIDER))$",
    re.IGNORECASE,
)
"""The only variables of the developer's environment that pip gets."""

OPTIONS = ("--no-input", "--disable-pip-version-check", "--no-color")


def environment() -> dict[str, str]:
    """Return the environment variables for pip."""
    env = {name: value for name, value in os.environ.items() if VARIABLES.match(name)}
    return env | {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}


def pip() -> list[str]:
    """Return the command that runs pip for this Python.

    An environment that uv created has no pip. Python bundles pip as a wheel, which it installs into
    new environments; the wheel can also be run directly.
    https://docs.python.org/3/library/ensurepip.html

    Raises:
        MissingProgram: this machine has no pip.
    """
    if find_spec("pip"):
        return [sys.executable, "-m", "pip", *OPTIONS]
    for wheel in _wheels():
        return [sys.executable, str(wheel / "pip"), *OPTIONS]
    if program := shutil.which("pip3") or shutil.which("pip"):
        return [program, *OPTIONS]
    raise MissingProgram("pip is not installed: install it with `python -m ensurepip`")


def _wheels() -> Iterator[Path]:
    """Yield pip's wheels; Debian keeps them outside the standard library."""
    folders = [Path(sysconfig.get_path("stdlib"), "ensurepip", "_bundled")]
    if elsewhere := sysconfig.get_config_var("WHEEL_PKG_DIR"):
        folders.append(Path(elsewhere))
    for folder in folders:
        yield from sorted(folder.glob("pip-*.whl"), reverse=True)
