"""Commands for a stack's databases."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dynostack.cli.options import confirmed, format_option, pass_workspace, step
from dynostack.cli.stacks import use_account_of
from dynostack.local.workspace import LocalWorkspace


@click.group()
def postgres() -> None:
    """Move a stack's databases to another plan or PostgreSQL version."""


@postgres.command()
@click.argument("stack")
@click.argument("database", default="")
@click.option("--plan", metavar="PLAN", help="Only write this plan to the stack's file.")
@click.option(
    "--version",
    metavar="VERSION",
    help="Only write this PostgreSQL version to the stack's file.",
)
@click.option("--dry-run", is_flag=True, help="Only print the steps, prices and expected downtime.")
@click.option(
    "--rehearse",
    is_flag=True,
    help="Run the move, with --plan and --version if given, on the local environment and its data,"
    " then undo everything.",
)
@click.option("--undo", is_flag=True, help="Switch back to the old database.")
@click.option("--finish", is_flag=True, help="Destroy the old database.")
@click.option(
    "--confirm",
    metavar="NAME",
    default="",
    help="Name of the database that --finish destroys, instead of a prompt.",
)
@click.option(
    "--owner-is-gone",
    is_flag=True,
    help="Continue a move that was interrupted on another machine, whose process is gone.",
)
@click.option(
    "--yes", is_flag=True, help="Do not ask for confirmation; --finish still needs a name."
)
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
    owner_is_gone: bool,
    yes: bool,
    style: str,
) -> None:
    """Move a database of STACK to the plan and version in the stack's file.

    Heroku cannot change a database between an Essential plan and another tier in place, and
    `dynostack apply` does not change its major version. This command creates a new database, copies
    the data and compares both databases while the site is down, and attaches the new database. The
    old one is kept until --finish destroys it.

    DATABASE is a key of `databases` in the file; without it, the main database is moved.

    If the command fails or is interrupted, run it again to continue. It uses the Pulumi backend and
    the Heroku, local or real, that this shell is set up for.

    Exit code: 0 on success, 1 if a step fails, 3 if the move is refused, 130 if it is interrupted.
    """
    from dynostack.databases.command import MoveCommand, summary
    from dynostack.databases.errors import MoveError, MoveRefused
    from dynostack.databases.rehearsal import refuse_leftover, rehearsed
    from dynostack.databases.request import Project
    from dynostack.databases.stack_file import resource_of
    from dynostack.inventory.platform_api import ApiError

    edits = bool(plan or version) and not rehearse
    if sum((edits, dry_run, rehearse, undo, finish)) > 1:
        raise click.UsageError(
            "--dry-run, --rehearse, --undo and --finish exclude each other, and all but --rehearse"
            " exclude --plan and --version"
        )

    def command(records: Path | None = None, *, agreed: bool = yes) -> MoveCommand:
        project = Project.of_shell(workspace, stack, records)
        return MoveCommand(
            project,
            resource_of(database),
            step,
            lambda question: agreed or confirmed(question, "--yes"),
            lambda question: owner_is_gone or confirmed(question, "--owner-is-gone"),
            lambda question: str(click.prompt(question, err=True)),
        )

    try:
        if not rehearse:
            use_account_of(workspace.project, stack, MoveRefused)
            refuse_leftover(workspace, stack)
        if rehearse:
            with rehearsed(workspace, stack) as records:
                rehearsal = command(records, agreed=True)
                rehearsal.edit(plan, version)
                rehearsal.move()
            step("rehearsed; the local environment is back to its previous state")
        elif plan or version:
            click.echo(command().edit(plan, version) or "the file already says so")
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
        raise MoveError(str(error)) from None
