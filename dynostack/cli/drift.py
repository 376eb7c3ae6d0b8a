"""The command that compares a stack's file with everything that Heroku has."""

from __future__ import annotations

import os
import sys

import click

from dynostack.cli.options import format_option, pass_workspace, step
from dynostack.local.workspace import LocalWorkspace


@click.command()
@click.argument("stack")
@click.option("--exit-code", "tells", is_flag=True, help="Exit with 2 if there are differences.")
@format_option
@pass_workspace
def drift(workspace: LocalWorkspace, stack: str, tells: bool, style: str) -> None:
    """Compare the file of STACK with everything that its app has on Heroku.

    Reports what was changed, removed and added by hand, with prices, permissions, when and, as far
    as the app's releases tell, by whom. A review does not see what was added. Also lists what the
    app has and no file can say. It changes nothing.

    To undo what was changed or removed, apply the next review. It uses the Pulumi backend and the
    Heroku, local or real, that this shell is set up for.

    Exit code: 0, 1 if they cannot be compared, 2 for differences with --exit-code.
    """
    from dynostack.drift.command import DriftCommand
    from dynostack.drift.errors import DriftUnknown
    from dynostack.inventory.platform_api import ApiError
    from dynostack.recover.command import api_of

    try:
        found = DriftCommand(workspace, stack, api_of(os.environ).saying(step), step).run()
    except ApiError as error:
        raise DriftUnknown(str(error)) from None
    click.echo(found.json() if style == "json" else found.text(), nl=False)
    if tells and found.differences:
        sys.exit(2)


COMMANDS = (drift,)
