"""The extras that commands need, and the message of a command whose extra is missing."""

from __future__ import annotations

from functools import wraps
from typing import Any

import click

from dynostack.extras import installation, is_installed

EXTRAS = {
    "adopt": "pulumi",
    "apply": "pulumi",
    "clean": "local",
    "down": "local",
    "drift": "pulumi",
    "env": "local",
    "local": "local",
    "policies": "pulumi",
    "postgres": "local",
    "recover": "pulumi",
    "review": "pulumi",
    "secret": "pulumi",
    "toolchain": "pulumi",
    "up": "local",
}
"""Command -> the extra that it needs; commands that are not named here need none."""


def checked(command: click.Command) -> click.Command:
    """Return a command that runs only if its extra is installed; its `--help` names the extra."""
    if extra := EXTRAS.get(command.name or ""):
        _guard(command, extra)
    return command


def _guard(command: click.Command, extra: str) -> None:
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _guard(each, extra)
        return
    run = command.callback
    if run is None:
        raise ValueError(f"the command {command.name} has no callback")

    @wraps(run)
    def guarded(*arguments: Any, **options: Any) -> Any:
        if not is_installed(extra):
            path = click.get_current_context().command_path
            raise click.ClickException(f"{path} needs an extra; run: {installation(extra)}")
        return run(*arguments, **options)

    command.callback = guarded
    command.epilog = f"Needs: {installation(extra)}"
