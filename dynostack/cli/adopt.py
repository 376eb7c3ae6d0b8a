"""The command that takes apps that were made by hand under Pulumi's management."""

from __future__ import annotations

import os
import sys

import click

from dynostack.cli.options import hidden_answer, pass_workspace, step
from dynostack.local.workspace import PASSPHRASE, LocalWorkspace

SECRET, LIKELY = "secret", "likely"


@click.command()
@click.argument("app", default="")
@click.option("--stack", metavar="NAME", default="", help="The stack; by default the app's name.")
@click.option("--all", "is_all", is_flag=True, help="Adopt every app that the account can see.")
@click.option("--team", metavar="TEAM", default="", help="With --all, only the apps of this team.")
@click.option(
    "-j",
    "--jobs",
    "at_once",
    metavar="N",
    type=click.IntRange(1),
    default=4,
    show_default=True,
    help="With --all, how many apps to adopt at a time.",
)
@click.option("--dry-run", is_flag=True, help="Only print the file; write nothing.")
@click.option(
    "--config-vars",
    type=click.Choice([LIKELY, SECRET]),
    default=LIKELY,
    show_default=True,
    help="Encrypt config vars that look secret, or all of them.",
)
@pass_workspace
def adopt(
    workspace: LocalWorkspace,
    app: str,
    stack: str,
    is_all: bool,
    team: str,
    at_once: int,
    dry_run: bool,
    config_vars: str,
) -> None:
    """Adopt APP, which exists on Heroku already: write its file and import it.

    Writes Pulumi.STACK.yaml with everything that the app has, as it is: real names, no source, no
    config vars that add-ons set. Secrets are encrypted before anything is written. Then imports all
    resources into the stack's state, and checks that a review changes nothing. Otherwise it shows
    what differs and takes the state back. A file that exists already is used as it is.

    It changes nothing on Heroku. If it is interrupted, run it again. It uses the Pulumi backend and
    the Heroku, local or real, that this shell is set up for, and PULUMI_CONFIG_PASSPHRASE or
    PULUMI_CONFIG_PASSPHRASE_FILE, or asks for a passphrase.

    Exit code: 0 on success, 1 if an app was not adopted, 130 if it is interrupted.
    """
    if bool(app) == is_all:
        raise click.UsageError("name one app, or add --all")
    if is_all and stack:
        raise click.UsageError("--all names each stack after its app; leave out --stack")
    if team and not is_all:
        raise click.UsageError("--team needs --all")
    from dynostack.adopt.command import AdoptCommand
    from dynostack.adopt.errors import AdoptRefused
    from dynostack.fleet.adopting import FleetAdoption
    from dynostack.inventory.platform_api import ApiError
    from dynostack.recover.command import api_of

    command = AdoptCommand(
        workspace,
        api_of(os.environ).saying(step),
        _passphrase,
        step,
        lambda text: click.echo(text, nl=False),
        hides_all=config_vars == SECRET,
        dry_run=dry_run,
    )
    try:
        if is_all:
            options = (f"--config-vars={config_vars}", *(["--dry-run"] if dry_run else []))
            sys.exit(FleetAdoption(command, options, at_once).run(team))
        command.adopt(app, stack)
    except ApiError as error:
        raise AdoptRefused(f"{error}; nothing on Heroku was changed") from None


def _passphrase(question: str, *, without: str, twice: bool = False) -> str:
    """Ask for a passphrase, and pass it on to the engine and to all following stacks."""
    os.environ[PASSPHRASE] = hidden_answer(question, without=without, twice=twice)
    return os.environ[PASSPHRASE]
