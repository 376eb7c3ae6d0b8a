"""Commands for the Django project that an environment builds."""

from __future__ import annotations

import sys

import click

from dynostack.cli.options import pass_workspace, step
from dynostack.errors import NOT_STARTED
from dynostack.local.workspace import LocalWorkspace


@click.group()
def django() -> None:
    """Prepare the Django project that an environment builds."""


@django.command()
@click.argument("stack")
@pass_workspace
def settings(workspace: LocalWorkspace, stack: str) -> None:
    """Print the lines to add to the Django project so that it runs in STACK.

    STACK is the name of an environment, such as local for Pulumi.local.yaml. Other findings of
    dynostack check about the project are printed on stderr.
    """
    from dynostack.environment import EnvironmentErrors
    from dynostack.environment.command_line import stack_command
    from dynostack.scaffold.django_settings import lines_to_add
    from dynostack.scaffold.remaining_findings import remaining

    try:
        blocks = lines_to_add(workspace.project, stack)
    except EnvironmentErrors as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(NOT_STARTED)
    if blocks:
        click.echo("\n\n".join(map(str, blocks)))
    if others := remaining(workspace.project, stack, blocks):
        command = stack_command("dynostack check", stack)
        step(f"{command} also reports:" if blocks else f"nothing to add, but {command} reports:")
        for line in others:
            step(line)
    elif not blocks:
        step(f"nothing to add: the project has everything that {stack} needs")
