"""The commands about the Django project that an environment builds."""

from __future__ import annotations

import sys

import click

from dynostack.cli.options import pass_workspace, step
from dynostack.local.workspace import LocalWorkspace


@click.group()
def django() -> None:
    """The Django project that an environment builds."""


@django.command()
@click.argument("stack")
@pass_workspace
def settings(workspace: LocalWorkspace, stack: str) -> None:
    """Print the lines that the project needs for what STACK declares, ready to paste."""
    from dynostack.environment import EnvironmentErrors
    from dynostack.scaffold.django_settings import lines_to_add

    try:
        blocks = lines_to_add(workspace.project, stack)
    except EnvironmentErrors as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(2)
    if blocks:
        click.echo("\n\n".join(map(str, blocks)))
    else:
        step(f"nothing to add: the project has all that {stack} needs")


COMMANDS = (django,)
