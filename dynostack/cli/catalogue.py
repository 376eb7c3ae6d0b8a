"""Commands that show and update the catalogue of what Heroku offers."""

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
    """Show Heroku's add-on plans with their prices and limits.

    Without SERVICE, such as heroku-postgresql, show the plans of all services.
    """
    from dynostack.catalogue import plans as listing

    chosen = listing.chosen(service)
    if style == "json":
        click.echo(listing.as_json(chosen))
    else:
        listing.show(chosen, sys.stdout)


@click.group()
def catalogue() -> None:
    """Manage the catalogue of Heroku's plans.

    The catalogue also has Heroku's stacks, regions and dyno sizes. `dynostack check` uses it.
    """


@catalogue.command()
@pass_workspace
def update(workspace: LocalWorkspace) -> None:
    """Update the catalogue from the Heroku Platform API.

    Renews the names of plans, stacks, regions and dyno sizes, their prices, and the memory of
    dynos. Writes the changes to the folder in DYNOSTACK_CATALOGUE, or by default to the installed
    dynostack. The API does not have limits of plans, features, end dates and Postgres versions:
    only a new dynostack renews them.
    """
    from dynostack.catalogue.update import NOT_IN_THE_API
    from dynostack.catalogue.update import update as bring_up_to_date
    from heroku_catalogue.tables import FOLDER

    if os.environ.get("HEROKU_API_URL") == workspace.heroku.url:
        raise CatalogueError(
            "cannot update the catalogue: this shell uses the local Heroku, which only knows what"
            " the catalogue says; run this in a shell that has not evaluated `dynostack env`"
        )
    today = datetime.now(UTC).date()
    found = bring_up_to_date(FOLDER, os.environ, today)
    for line in (*found.changes, *found.missing):
        click.echo(str(line))
    step(f"renewed from Heroku: {', '.join(found.renewed)}")
    step(f"not in Heroku's API, so only a new dynostack renews them: {', '.join(NOT_IN_THE_API)}")
    changed = len(found.changes)
    step(
        f"figures changed: {changed}; to update the schema for editors, run:"
        " python -m dynostack.environment.schema"
        if changed
        else "the catalogue is up to date"
    )
