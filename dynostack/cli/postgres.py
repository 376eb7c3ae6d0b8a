"""Commands for a stack's databases."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from dynostack.cli.options import format_option, pass_workspace, step
from dynostack.local.workspace import LocalWorkspace


@click.group()
def postgres() -> None:
    """Move a stack's databases to another plan or PostgreSQL version."""


@postgres.command()
@click.argument("stack")
@click.argument("database", default="")
@click.option("--plan", metavar="PLAN", help="Write this plan into the stack's file; move nothing.")
@click.option(
    "--version",
    metavar="VERSION",
    help="Write this PostgreSQL version into the stack's file; move nothing.",
)
@click.option("--dry-run", is_flag=True, help="Only print the steps, the prices and the downtime.")
@click.option(
    "--rehearse",
    is_flag=True,
    help="Move the database of the local environment, with the rows there, then undo everything.",
)
@click.option("--undo", is_flag=True, help="Go back to the database that the move left behind.")
@click.option("--finish", is_flag=True, help="Destroy the database that the move left behind.")
@click.option(
    "--confirm", metavar="NAME", default="", help="The database that --finish may destroy."
)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@format_option
@pass_workspace
def move(
    workspace: LocalWorkspace,
    stack: str,
    database: str,
    plan: str | None,
    version: str | None,
    dry_run: bool,
    rehearse: bool,
    undo: bool,
    finish: bool,
    confirm: str,
    yes: bool,
    style: str,
) -> None:
    """Move a database of STACK to the plan and version in its file.

    Heroku cannot change a database between an Essential plan and another tier, or to another
    major version, in place. This command creates a new database, copies and compares the contents
    while the site is down, and attaches the new database. The old one is kept until --finish
    destroys it.

    DATABASE is a key of `databases` in the file; without it, the main database is moved.

    If the command is interrupted or fails, run it again: it goes on. The move uses the Pulumi
    backend and the Heroku of this shell, local or real.

    Exit code: 0 on success, 1 if a step fails, 3 if the move is refused, 130 if it is interrupted.
    """
    from dynostack.databases.command import MoveCommand, summary
    from dynostack.databases.errors import MoveRefused
    from dynostack.databases.rehearsal import rehearsed
    from dynostack.databases.request import Project
    from dynostack.databases.stack_file import resource_of
    from dynostack.inventory.platform_api import ApiError

    def command(records: Path | None = None, *, agreed: bool = yes) -> MoveCommand:
        project = Project.of_shell(workspace, stack, records)
        return MoveCommand(
            project,
            resource_of(database),
            step,
            lambda question: agreed or _confirmed(question),
            lambda question: str(click.prompt(question, err=True)),
        )

    try:
        if rehearse:
            with rehearsed(workspace, stack) as records:
                rehearsal = command(records, agreed=True)
                rehearsal.edit(plan, version)
                rehearsal.move()
            step("rehearsed: the local environment is as it was before")
        elif plan or version:
            click.echo(command().edit(plan, version) or "the file says so already")
        elif dry_run:
            text, document = command().outline()
            click.echo(json.dumps(document, indent=2) if style == "json" else text)
        elif finish:
            command().finish(confirm)
        else:
            record = command().undo() if undo else command().move()
            if style == "json" and record:
                click.echo(json.dumps(summary(record), indent=2))
    except ApiError as error:
        raise MoveRefused(f"{error}; nothing was changed") from None


def _confirmed(question: str) -> bool:
    if not sys.stdin.isatty():
        click.echo(f"{question} Nobody can answer here; to answer yes, add --yes", err=True)
        return False
    return click.confirm(question, err=True)


COMMANDS = (postgres,)
