"""The `dynostack` command."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from dynostack.cli.exit import exit_on_expected_errors
from dynostack.cli.extras import checked
from dynostack.startup import speed_up_exit, speed_up_imports

MODULES = {
    "adopt": "adopt",
    "apply": "reviews",
    "catalogue": "catalogue",
    "check": "check",
    "clean": "project",
    "comment": "requests",
    "django": "django",
    "down": "project",
    "drift": "drift",
    "env": "project",
    "explain": "explain",
    "local": "local",
    "new": "project",
    "plans": "catalogue",
    "policies": "reviews",
    "postgres": "postgres",
    "recover": "recover",
    "review": "reviews",
    "reviewed": "requests",
    "secret": "secret",
    "toolchain": "project",
    "up": "project",
}
"""Command -> the module of this package that has a function of the same name."""


class LazyGroup(click.Group):
    """A group that imports the module of a command only when the command is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in MODULES and cmd_name not in self.commands:
            module = import_module(f"dynostack.cli.{MODULES[cmd_name]}")
            self.add_command(checked(getattr(module, cmd_name)))
        return super().get_command(ctx, cmd_name)


@click.group(cls=LazyGroup)
@click.version_option(package_name="dynostack")
def commands() -> None:
    """Manage Heroku apps with Pulumi: check and review each change, and try it locally first.

    The file Pulumi.staging.yaml describes the environment staging of a project. Commands call an
    environment a STACK. The local Heroku is an emulation of Heroku on this machine.
    """


def subcommands(group: click.Group) -> dict[str, click.Command]:
    """Return the commands of a group by their names, in alphabetical order."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command}


def main() -> None:
    """Run the command line and exit."""
    speed_up_imports()
    speed_up_exit()
    with exit_on_expected_errors():
        sys.exit(commands(standalone_mode=False))
