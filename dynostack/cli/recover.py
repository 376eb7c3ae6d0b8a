"""The command that repairs a stack after a killed update."""

from __future__ import annotations

import os
import sys
from functools import partial

import click

from dynostack.cli.options import pass_workspace, step
from dynostack.cli.stacks import use_account_of
from dynostack.local.workspace import LocalWorkspace


@click.command()
@click.argument("stack")
@click.option("--yes", is_flag=True, help="Do not ask; stop if only a person can decide.")
@click.option("--dry-run", is_flag=True, help="Only print what the command would do.")
@click.option(
    "--lock",
    "locks",
    metavar="ID",
    multiple=True,
    help="Release this lock; needs --owner-is-gone. Repeat it for several.",
)
@click.option(
    "--owner-is-gone",
    is_flag=True,
    help="Confirm that the engine that took --lock no longer runs.",
)
@click.option(
    "--destroy",
    metavar="NAME",
    default="",
    help="Destroy this add-on, which no stack manages; needs --confirm.",
)
@click.option("--confirm", metavar="NAME", default="", help="Confirm --destroy with the same name.")
@pass_workspace
def recover(
    workspace: LocalWorkspace,
    stack: str,
    yes: bool,
    dry_run: bool,
    locks: tuple[str, ...],
    owner_is_gone: bool,
    destroy: str,
    confirm: str,
) -> None:
    """Repair STACK after an update was killed.

    Restores a damaged state from its backup and releases the lock of the killed engine. Checks on
    Heroku whether each interrupted operation created its resource: if so, adds the resource to the
    state; if not, removes the record of the operation. Then lists add-ons that are billed but in no
    state, and reviews the stack. Uses the Pulumi backend and the Heroku of this shell, local or
    real.

    It changes nothing on Heroku, except that --destroy destroys one add-on.

    Exit code: 0 on success, 1 if the engine or the review fails, 3 if a person has to decide
    first or Heroku does not answer, 130 if it is interrupted.
    """
    if not stack.rpartition("/")[2]:
        raise click.UsageError("STACK is empty: name a stack, such as prod")
    if bool(locks) != owner_is_gone:
        raise click.UsageError("use --lock and --owner-is-gone together")
    if destroy != confirm:
        raise click.UsageError("--destroy and --confirm must name the same add-on")
    from dynostack.databases.record import interrupted_moves
    from dynostack.engine.process import PulumiProcess
    from dynostack.inventory.platform_api import ApiError
    from dynostack.recover.command import Options, RecoverCommand, api_of, unchanged
    from dynostack.recover.errors import RecoverRefused

    use_account_of(workspace.project, stack, RecoverRefused)
    command = RecoverCommand(
        workspace,
        stack,
        api_of(os.environ),
        PulumiProcess.of_shell(workspace),
        Options(dry_run, locks, destroy),
        say=step,
        show=partial(click.echo, nl=False),
        agree=lambda question: (
            yes or _asked(question, "or add --yes to accept what Heroku confirms")
        ),
        decide=lambda question: _asked(question, "without --yes", is_silent=yes),
        moving=interrupted_moves(workspace.root / "moves", stack.rpartition("/")[2]),
    )
    try:
        sys.exit(command.run())
    except ApiError as error:
        raise unchanged(error) from None


def _asked(question: str, advice: str, *, is_silent: bool = False) -> bool:
    """Ask the person at the terminal a yes-or-no question.

    Raises:
        RecoverRefused: there is no terminal, or no question may be asked.
    """
    from dynostack.recover.errors import RecoverRefused

    # Without a standard input, Python has None in its place.
    if is_silent or sys.stdin is None or not sys.stdin.isatty():
        raise RecoverRefused(
            f"{question} Only a person can answer: run the command in a terminal {advice};"
            " nothing else was changed"
        )
    return click.confirm(question, err=True)
