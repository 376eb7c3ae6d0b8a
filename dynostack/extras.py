"""The extras of the package `dynostack`, which pip installs only when they are named.

The package without extras checks and explains files. The extra `pulumi` adds what runs programs,
and `local` adds to that what the local Heroku needs. `pyproject.toml` has their requirements.
"""

from __future__ import annotations

from importlib.util import find_spec

_PULUMI = (
    "aiohttp",
    "cryptography",
    "platformdirs",
    "psutil",
    "pulumi",
    "pulumi_policy",
    "pulumiverse_heroku",
    "rich",
)

MODULES = {"pulumi": _PULUMI, "local": (*_PULUMI, "psycopg", "redis", "semantic_version", "uv")}
"""Extra -> the modules that it brings; a test compares them with the package's metadata."""


def is_installed(extra: str) -> bool:
    """Return whether all modules of an extra are installed, by whichever way they came."""
    return all(find_spec(module) for module in MODULES[extra])


def installation(extra: str) -> str:
    """Return the command that installs an extra."""
    return f'pip install "dynostack[{extra}]"'
