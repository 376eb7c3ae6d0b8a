"""Commands for the local Heroku."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from dynostack.cli import local_control
from dynostack.cli.options import format_option, local_server, pass_workspace, step
from dynostack.cli.preparation import start_local_heroku, stop_local_heroku
from dynostack.local.workspace import LocalWorkspace

if TYPE_CHECKING:
    from dynostack.local.status import Status


@click.group()
def local() -> None:
    """Control the local Heroku.

    The local Heroku is an emulation of Heroku on this machine, for tests and rehearsals.
    """


@local.command()
@pass_workspace
def start(workspace: LocalWorkspace) -> None:
    """Start the local Heroku in the background."""
    start_local_heroku(workspace)


@local.command()
@pass_workspace
def stop(workspace: LocalWorkspace) -> None:
    """Stop the local Heroku and keep its data."""
    stop_local_heroku(workspace)


@local.command()
@format_option
@pass_workspace
def status(workspace: LocalWorkspace, style: str) -> None:
    """Show the local Heroku's address, account, apps, dynos and build warnings."""
    from dynostack.local.status import as_json, status_of

    seen = status_of(local_server(workspace))
    click.echo(as_json(seen) if style == "json" else "\n".join(status_lines(seen)))


@local.command()
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@pass_workspace
def reset(workspace: LocalWorkspace, yes: bool) -> None:
    """Delete all local apps and their data.

    Deletes apps, databases, caches and Pulumi's local state. Snapshots and the API key are kept.
    """
    if not yes:
        click.confirm("Delete all local apps, databases and caches?", abort=True)
    server = local_server(workspace)
    ran = server.process() is not None
    server.reset()
    shutil.rmtree(workspace.state, ignore_errors=True)
    workspace.create()
    if ran:
        server.start()
    step("the local Heroku is empty")


@local.command()
@click.argument("app", required=False)
@click.option(
    "--lines",
    "-n",
    default=100,
    show_default=True,
    help="Number of lines to show from the end of the log.",
)
@click.option("--follow", "-f", is_flag=True, help="Keep showing new lines until Ctrl-C.")
@pass_workspace
def logs(workspace: LocalWorkspace, app: str | None, lines: int, follow: bool) -> None:
    """Show the log of APP.

    APP may be omitted if the local Heroku has only one app.
    """
    server = local_server(workspace)
    for line in server.logs(app or server.only_app(), lines, follow):
        click.echo(line)


@local.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", metavar="[APP --] COMMAND...", nargs=-1, type=click.UNPROCESSED)
@pass_workspace
def run(workspace: LocalWorkspace, words: tuple[str, ...]) -> None:
    """Run COMMAND in a one-off dyno of APP.

    APP may be omitted if the local Heroku has only one app. The command has the app's files and
    config vars and is connected to this terminal. dynostack exits with the command's exit code.
    """
    from dynostack.local import one_off

    named = words[1:2] == ("--",)
    command = words[2:] if named else words
    if not command:
        raise click.UsageError("no command given; pass the command to run")
    server = local_server(workspace)
    sys.exit(one_off.run(server, words[0] if named else server.only_app(), command))


def status_lines(status: Status) -> Iterator[str]:
    """Yield the lines that describe a status to a person."""
    state = f"running, process {status.pid}" if status.pid else "stopped"
    yield f"local Heroku  {state}"
    yield f"address       {status.address}"
    yield f"account       {status.account}, team {status.team}"
    for app in status.apps:
        dynos = ", ".join(f"{name} {state}" for name, state in app.dynos.items())
        yield f"app           {app.address}  {dynos or 'no dynos'}"
        yield from (f"              {text}" for text in app.warnings)


for command in local_control.COMMANDS:
    local.add_command(command)
