"""What the modules with commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dynostack.local.workspace import World

if TYPE_CHECKING:
    from dynostack.local.server import LocalServer

pass_world = click.make_pass_decorator(World)
format_option = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text"
)


def local_server(world: World) -> LocalServer:
    """Imported here alone: that takes longer than all of `dynostack check`."""
    from dynostack.local.server import LocalServer

    return LocalServer(world)
