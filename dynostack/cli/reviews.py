"""The commands that review a change, show it in a pull request, and apply it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import click

from dynostack.cli.options import pass_workspace, step
from dynostack.local.workspace import LocalWorkspace

REVIEW_FORMAT = click.Choice(["text", "md", "html", "json"])


def request_options(command: Callable[..., None]) -> Callable[..., None]:
    """Which pull request or merge request."""
    service = click.Choice(["github", "gitlab"])
    for option in (
        click.option("--host", "service", type=service, default="github", show_default=True),
        click.option("--pr", "number", type=click.IntRange(1), required=True, help="Its number."),
        click.option("--repo", "repository", metavar="OWNER/NAME", required=True),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("stack")
@click.option("--format", "style", type=REVIEW_FORMAT, default="text", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What `pulumi preview --json` wrote, instead of a new preview.",
)
@click.option("--exit-code", "tell_changes", is_flag=True, help="End with 2 for changes.")
@pass_workspace
def review(
    workspace: LocalWorkspace,
    stack: str,
    style: str,
    out: Path | None,
    source: Path | None,
    tell_changes: bool,
) -> None:
    """Show what a change of STACK would do: what is lost, who may do what, what it costs.

    The engine runs in this shell's world, local or real.  The exit code is 0, 1 when the preview
    fails, 3 when findings need an explicit yes.
    """
    from dynostack.review.engine import Engine

    with nullcontext() if source else Engine(workspace, stack).preview(step) as running:
        from dynostack.review import command  # while the engine works

        if running:
            shown = command.reviewed(workspace, stack, running, step)
        elif source:
            shown = command.reviewed_file(workspace, stack, source)
    rendered = command.FORMATS[style](shown)
    if out:
        out.write_text(rendered, encoding="utf-8")
    else:
        click.echo(rendered, nl=False)
    sys.exit(command.exit_code(shown, tell_changes))


@click.command()
@click.argument("stack")
@click.option("--reviewed", metavar="DIGEST", required=True, help="The digest that a review shows.")
@click.option(
    "--allow-data-loss",
    "loses",
    metavar="NAME",
    multiple=True,
    help="A database that may be destroyed or replaced, or `app` for the app.",
)
@click.option(
    "--allow-live-loss",
    "live",
    metavar="NAME",
    multiple=True,
    help="The database behind DATABASE_URL, when it may be destroyed, replaced or detached.",
)
@pass_workspace
def apply(
    workspace: LocalWorkspace,
    stack: str,
    reviewed: str,
    loses: tuple[str, ...],
    live: tuple[str, ...],
) -> None:
    """Do what was reviewed for STACK, or nothing.

    An apply that failed halfway is continued with the same digest.

    The exit code is 0, 1 when the engine fails, 3 when it is refused, 130 when interrupted.
    """
    from dynostack.review import command

    consents = {
        *(f"--allow-data-loss {name}" for name in loses),
        *(f"--allow-live-loss {name}" for name in live),
    }
    tell = partial(click.echo, err=True)
    sys.exit(command.apply(workspace, stack, reviewed, consents, step, tell))


@click.command()
@click.argument("reviews", metavar="[REVIEW.json]...", nargs=-1, type=click.Path(path_type=Path))
@request_options
@click.option("--together", is_flag=True, help="One comment for all stacks, not one each.")
@click.option("--outdated", is_flag=True, help="Only mark the comments there are as outdated.")
@pass_workspace
def comment(
    workspace: LocalWorkspace,
    reviews: tuple[Path, ...],
    repository: str,
    number: int,
    service: str,
    together: bool,
    outdated: bool,
) -> None:
    """Write reviews as comments of a pull request, or bring those there are up to date.

    REVIEW.json is what `dynostack review STACK --format json --out REVIEW.json` wrote.  The token
    comes from GITHUB_TOKEN or GITLAB_TOKEN, the API's address from GITHUB_API_URL or CI_API_V4_URL.
    """
    from dynostack.comment import command

    if bool(reviews) == outdated:
        raise click.UsageError("name the reviews, or write --outdated")
    host = command.host(service, os.environ, repository, number)
    for done in command.comment(host, command.project(workspace.project), reviews, together):
        step(done)


@click.command()
@click.argument("stack")
@request_options
@pass_workspace
def reviewed(
    workspace: LocalWorkspace, stack: str, repository: str, number: int, service: str
) -> None:
    """Print the digest of the plan that a pull request's comment shows for STACK."""
    from dynostack.comment import command

    host = command.host(service, os.environ, repository, number)
    click.echo(command.reviewed(host, command.project(workspace.project), stack))


@click.command()
def policies() -> None:
    """Print the folder of the policy pack: pulumi up --policy-pack "$(dynostack policies)"."""
    from dynostack.review.policies import LIBRARY

    click.echo(LIBRARY)


COMMANDS = (review, apply, comment, reviewed, policies)
