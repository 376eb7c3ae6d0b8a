"""Options and helpers that several groups of commands use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dynostack.local.workspace import LocalWorkspace

if TYPE_CHECKING:
    from dynostack.local.server import ServerProcess

pass_workspace = click.make_pass_decorator(LocalWorkspace)
format_option = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text"
)


def local_server(workspace: LocalWorkspace) -> ServerProcess:
    """Imported here alone: that takes longer than all of `dynostack check`."""
    from dynostack.local.server import ServerProcess

    return ServerProcess(workspace)


def step(text: str) -> None:
    """Progress goes to stderr, so that what a program reads stays clean."""
    click.echo(f"{click.style('==>', fg='green')} {text}", err=True)
