"""The Heroku CLI as `heroku` on a PATH, for tests that run commands in a shell."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from tests import npm
from tests.heroku_cli.heroku import NODE

_SCRIPT = """#!/bin/sh
HOME={home} exec node {flags} {program} "$@"
"""


def cli() -> Path:
    """Return the CLI's program; skips the test where Node.js or npm is missing."""
    return npm.installed("heroku-cli", Path(__file__).parent) / "heroku/bin/run.js"


def programs(folder: Path) -> list[Path]:
    """Return folders to put on PATH, with `heroku`, and with `dynostack` of this environment.

    Args:
        folder: where `heroku` and its home are made.
    """
    home, script = folder / "home", folder / "bin/heroku"
    # The CLI shows a notice at the first start of each user.
    (home / ".cache/heroku").mkdir(parents=True)
    (home / ".cache/heroku/terms-of-service").touch()
    script.parent.mkdir()
    quoted = {"home": str(home), "program": str(cli())}
    words = {name: shlex.quote(text) for name, text in quoted.items()}
    script.write_text(_SCRIPT.format(flags=" ".join(NODE), **words))
    script.chmod(0o755)
    return [script.parent, Path(sys.executable).parent]
