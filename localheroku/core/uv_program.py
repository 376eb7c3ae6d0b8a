"""How to run uv, which finds and installs Pythons and packages: its program and its variables.

https://docs.astral.sh/uv/reference/environment/
"""

from __future__ import annotations

import os
import re
import shutil

import uv

from localheroku.core import programs

VARIABLES = re.compile(
    r"^(HOME|TMPDIR|XDG_(CACHE|CONFIG|DATA)_HOME|(https?|no|all)_proxy|SSL_CERT_(FILE|DIR)"
    r"|UV_(CACHE_DIR|CONFIG_FILE|NO_CONFIG|OFFLINE|HTTP_TIMEOUT|HTTP_RETRIES|LINK_MODE"
    r"|(DEFAULT_|EXTRA_)?INDEX(_URL|_STRATEGY|_\w+_(USERNAME|PASSWORD))?|FIND_LINKS|NO_INDEX"
    r"|INSECURE_HOST|KEYRING_PROVIDER|SYSTEM_CERTS|PYTHON_DOWNLOADS(_JSON_URL)?"
    r"|(PYPY_|PYTHON_)INSTALL_MIRROR|PYTHON_INSTALL_DIR|PYTHON_CACHE_DIR))$",
    re.IGNORECASE,
)
"""The only variables of the developer's environment that uv gets."""

INDEX = re.compile(r"^UV_.*(INDEX|FIND_LINKS|INSECURE_HOST|KEYRING)")
OPTIONS = ("--color=never", "--no-progress")
NAME = "uv"


def command() -> list[str]:
    """Return the command that runs the uv that is installed with the local Heroku."""
    return [uv.find_uv_bin(), *OPTIONS]


def name() -> str:
    """Return how to write uv in a command for the developer: its path if a shell cannot find it."""
    return NAME if shutil.which(NAME) else uv.find_uv_bin()


def environment(*, own_index: bool = True) -> dict[str, str]:
    """Return the environment variables for uv, which trusts this machine's certificates as pip.

    Args:
        own_index: include the developer's settings of uv's package index.
    """
    env = {
        name: value
        for name, value in os.environ.items()
        if VARIABLES.match(name) and (own_index or not INDEX.match(name))
    }
    if certificates := os.environ.get("PIP_CERT"):
        env.setdefault("SSL_CERT_FILE", certificates)
    return {
        "UV_SYSTEM_CERTS": "true",
        **env,
        "PATH": programs.search_path(()),
        "LANG": "C.UTF-8",
    }


def may_download() -> bool:
    """Return whether the developer's settings let uv download Pythons."""
    env = environment()
    return not env.get("UV_OFFLINE") and env.get("UV_PYTHON_DOWNLOADS") not in {"never", "false"}
