"""The commands about what Heroku offers."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

import click

from dynostack.catalogue.errors import CatalogueError
from dynostack.cli.options import format_option, pass_workspace, step
from dynostack.local.workspace import LocalWorkspace


@click.command()
@click.argument("service", required=False)
@format_option
def plans(service: str | None, style: str) -> None:
    """Show plans with prices and limits, of all services or of one."""
    from dynostack.catalogue import plans as listing

    chosen = listing.chosen(service)
    if style == "json":
        click.echo(listing.as_json(chosen))
    else:
        listing.show(chosen, sys.stdout)


@click.group()
def catalogue() -> None:
    """Keep the list of what Heroku offers up to date."""


@catalogue.command()
@pass_workspace
def update(workspace: LocalWorkspace) -> None:
    """Ask Heroku for its plans, stacks, regions and dyno sizes, and write what is new.

    It is written to the folder that DYNOSTACK_CATALOGUE names; absent, to the installed dynostack.
    """
    from dynostack.catalogue.update import update as bring_up_to_date
    from dynostack.environment.catalogue.tables import FOLDER

    if os.environ.get("HEROKU_API_URL") == workspace.heroku.url:
        raise CatalogueError(
            "this shell is inside the local world, whose Heroku knows only what the catalogue says;"
            " ask from a shell that has not evaluated `dynostack env`"
        )
    today = datetime.now(UTC).date()
    found = bring_up_to_date(FOLDER, os.environ, today)
    for line in (*found.changes, *found.missing):
        click.echo(str(line))
    changed = len(found.changes)
    step(f"{changed} figures changed; `make docs` tells editors" if changed else "nothing new")


COMMANDS = (plans, catalogue)
