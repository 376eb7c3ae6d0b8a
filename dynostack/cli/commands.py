"""The `dynostack` command."""

from __future__ import annotations

import sys

import click

from dynostack.cli import (
    adopt,
    catalogue,
    django,
    drift,
    explain,
    local,
    postgres,
    project,
    recover,
    reviews,
    secret,
)
from dynostack.cli.exit import exit_on_expected_errors
from dynostack.cli.extras import checked
from dynostack.startup import speed_up_imports


@click.group()
@click.version_option(package_name="dynostack")
def commands() -> None:
    """Manage Heroku apps with Pulumi: check and review each change, and try it locally first.

    The file Pulumi.staging.yaml describes the environment staging of a project. Commands call an
    environment a STACK. The local Heroku is an emulation of Heroku on this machine.
    """


for module in (
    project,
    adopt,
    secret,
    reviews,
    drift,
    recover,
    postgres,
    explain,
    catalogue,
    django,
    local,
):
    for command in module.COMMANDS:
        commands.add_command(checked(command))


def main() -> None:
    """Run the command line and exit."""
    speed_up_imports()
    with exit_on_expected_errors():
        sys.exit(commands(standalone_mode=False))
