"""The command that puts a crash right."""

from __future__ import annotations

import os
import sys
from functools import partial

import click

from dynostack.cli.options import pass_workspace, step
from dynostack.local.workspace import LocalWorkspace


@click.command()
@click.argument("stack")
@click.option("--yes", is_flag=True, help="Ask nothing; refuse what only a person can know.")
@click.option("--dry-run", is_flag=True, help="Only print what would be done.")
@click.option(
    "--lock", "lock", metavar="ID", default="", help="The lock whose owner is known to be gone."
)
@click.option(
    "--owner-is-gone",
    is_flag=True,
    help="Say that the machine with the engine that took --lock has ended it.",
)
@click.option(
    "--destroy", metavar="NAME", default="", help="Destroy this add-on, which is in no state."
)
@click.option(
    "--confirm", metavar="NAME", default="", help="The add-on that --destroy may destroy."
)
@pass_workspace
def recover(
    workspace: LocalWorkspace,
    stack: str,
    yes: bool,
    dry_run: bool,
    lock: str,
    owner_is_gone: bool,
    destroy: str,
    confirm: str,
) -> None:
    """Put right what a killed update of STACK left behind.

    Restores a damaged state from its backup, releases the lock of an engine that is gone, and
    settles each interrupted operation by what Heroku has: what was created is adopted into the
    state, what was not is forgotten. Then lists add-ons that are billed but in no state, and
    reviews the stack. Uses the Pulumi backend and the Heroku of this shell, local or real.

    It changes nothing on Heroku, except that --destroy destroys one add-on.

    Exit code: 0 on success, 1 if the engine or the review fails, 3 if a person has to decide
    first, 130 if it is interrupted.
    """
    if bool(lock) != owner_is_gone:
        raise click.UsageError("--lock and --owner-is-gone belong together")
    if destroy != confirm:
        raise click.UsageError("--destroy and --confirm must have the same name")
    from dynostack.databases.record import interrupted_moves
    from dynostack.engine.process import PulumiProcess
    from dynostack.inventory.platform_api import ApiError
    from dynostack.recover.command import Options, RecoverCommand, api_of, unchanged

    command = RecoverCommand(
        workspace,
        stack,
        api_of(os.environ),
        PulumiProcess.of_shell(workspace),
        Options(dry_run, lock, destroy),
        say=step,
        show=partial(click.echo, nl=False),
        agree=lambda question: yes or _asked(question),
        decide=lambda question: _asked(question, yes=yes),
        moving=interrupted_moves(workspace.root / "moves", stack),
    )
    try:
        sys.exit(command.run())
    except ApiError as error:
        raise unchanged(error) from None


def _asked(question: str, *, yes: bool = False) -> bool:
    """Ask a person.

    Raises:
        RecoverRefused: nobody can answer.
    """
    from dynostack.recover.errors import RecoverRefused

    if yes or not sys.stdin.isatty():
        add = "" if yes else "; to answer yes to everything that Heroku tells, add --yes"
        raise RecoverRefused(
            f"{question} Nobody can answer here{add}; nothing was changed in the state"
        )
    return click.confirm(question, err=True)


COMMANDS = (recover,)
