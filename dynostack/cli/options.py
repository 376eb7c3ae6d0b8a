"""Options and helpers that several groups of commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dynostack.local.workspace import LocalWorkspace

if TYPE_CHECKING:
    from dynostack.local.server import ServerProcess

pass_workspace = click.make_pass_decorator(LocalWorkspace)
format_option = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Format of the output.",
)


def local_server(workspace: LocalWorkspace) -> ServerProcess:
    """Return the process of the workspace's local Heroku.

    The import is in this function because it takes longer than a whole `dynostack check`.
    """
    from dynostack.local.server import ServerProcess

    return ServerProcess(workspace)


def step(text: str) -> None:
    """Print a line of progress to stderr, so that stdout has only the command's result."""
    click.echo(f"{click.style('==>', fg='green')} {text}", err=True)
