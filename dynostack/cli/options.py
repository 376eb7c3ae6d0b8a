"""Options and helpers that several groups of commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import click

from dynostack.local.project_folder import project_folder

if TYPE_CHECKING:
    from dynostack.local.server import ServerProcess
    from dynostack.local.workspace import LocalWorkspace

Options = ParamSpec("Options")
format_option = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Format of the output.",
)


def pass_workspace(
    command: Callable[Concatenate[LocalWorkspace, Options], None],
) -> Callable[Options, None]:
    """Pass a command the local environment of the project in the current directory.

    Only commands that take it need a project; every `--help` works without one.
    """

    @wraps(command)
    def with_workspace(*arguments: Options.args, **options: Options.kwargs) -> None:
        from dynostack.local.workspace import LocalWorkspace

        command(LocalWorkspace.of(Path.cwd()), *arguments, **options)

    return with_workspace


def pass_project(
    command: Callable[Concatenate[Path, Options], None],
) -> Callable[Options, None]:
    """Pass a command the folder of the project in the current directory.

    Unlike `pass_workspace`, this imports nothing of the local environment.
    """

    @wraps(command)
    def with_project(*arguments: Options.args, **options: Options.kwargs) -> None:
        command(project_folder(Path.cwd()), *arguments, **options)

    return with_project


def local_server(workspace: LocalWorkspace) -> ServerProcess:
    """Return the process of the workspace's local Heroku.

    The import is in this function because it takes longer than a whole `dynostack check`.
    """
    from dynostack.local.server import ServerProcess

    return ServerProcess(workspace)


def step(text: str) -> None:
    """Print a line of progress to stderr, so that stdout has only the command's result."""
    click.echo(f"{click.style('==>', fg='green')} {text}", err=True)


def confirmed(question: str, option: str) -> bool:
    """Ask a yes-or-no question; without a terminal, name the option that answers yes."""
    # Without a standard input, Python has None in its place.
    if sys.stdin is None or not sys.stdin.isatty():
        answer = f"There is no terminal to answer on; to answer yes, add {option}"
        click.echo(f"{question} {answer}", err=True)
        return False
    return click.confirm(question, err=True)


def hidden_answer(question: str, *, without: str, twice: bool = False) -> str:
    """Ask for a hidden text on the terminal, even if standard input is something else.

    Raises:
        SecretRefused: there is no terminal.
    """
    from dynostack.secrets.errors import SecretRefused

    try:
        Path("/dev/tty").open("rb").close()
    except OSError:
        raise SecretRefused(without) from None
    return str(click.prompt(question, hide_input=True, confirmation_prompt=twice, err=True))
