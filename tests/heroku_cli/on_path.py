"""The Heroku CLI as `heroku` on PATH, for tests that run commands in a shell."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from tests import node
from tests.heroku_cli.heroku import FAST

_SCRIPT = """#!/bin/sh
HOME={home} NODE_COMPILE_CACHE={compiled} exec {node} {flags} {program} "$@"
"""


def cli() -> Path:
    """Return the path of the CLI's program."""
    return node.modules("heroku-cli", Path(__file__).parent) / "heroku/bin/run.js"


def programs(folder: Path) -> list[Path]:
    """Return folders for PATH, with `heroku` and with the `dynostack` of this environment.

    Args:
        folder: The folder for `heroku` and its home.
    """
    home, script = folder / "home", folder / "bin/heroku"
    # The CLI shows a notice at the first start of each user.
    (home / ".cache/heroku").mkdir(parents=True)
    (home / ".cache/heroku/terms-of-service").touch()
    script.parent.mkdir()
    paths = {
        "home": home,
        "compiled": node.compile_cache(),
        "node": node.program(),
        "program": cli(),
    }
    words = {name: shlex.quote(str(path)) for name, path in paths.items()}
    script.write_text(_SCRIPT.format(flags=shlex.join(FAST), **words))
    script.chmod(0o755)
    return [script.parent, Path(sys.executable).parent]
