"""Commands that review a change, show the review in a pull request, and apply the change."""

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
    """Add the options that name a pull request or merge request."""
    service = click.Choice(["github", "gitlab"])
    for option in (
        click.option(
            "--host",
            "service",
            type=service,
            default="github",
            show_default=True,
            help="Service that hosts the repository.",
        ),
        click.option(
            "--pr",
            "number",
            type=click.IntRange(1),
            required=True,
            help="Number of the pull request or merge request.",
        ),
        click.option(
            "--repo",
            "repository",
            metavar="OWNER/NAME",
            required=True,
            help="Repository of the pull request.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("stack")
@click.option(
    "--format",
    "style",
    type=REVIEW_FORMAT,
    default="text",
    show_default=True,
    help="Format of the review.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the review to this file instead of stdout.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Review the output of `pulumi preview --json` in this file; run no preview.",
)
@click.option("--exit-code", "tell_changes", is_flag=True, help="Exit with 2 if there are changes.")
@pass_workspace
def review(
    workspace: LocalWorkspace,
    stack: str,
    style: str,
    out: Path | None,
    source: Path | None,
    tell_changes: bool,
) -> None:
    """Preview the pending changes of STACK and show their risks.

    The review lists data loss, changed permissions and changed costs. The preview uses the Pulumi
    backend and the Heroku of this shell, local or real.

    Exit code: 0 on success, 1 if the preview fails, 2 for changes with --exit-code, 3 if a finding
    stops the change or needs an explicit yes.
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
@click.option("--reviewed", metavar="DIGEST", required=True, help="Digest of the review to apply.")
@click.option(
    "--allow-data-loss",
    "loses",
    metavar="NAME",
    multiple=True,
    help="Allow this database to be destroyed or replaced; use `app` for the app itself.",
)
@click.option(
    "--allow-live-loss",
    "live",
    metavar="NAME",
    multiple=True,
    help="Allow the database behind DATABASE_URL to be destroyed, replaced or detached.",
)
@pass_workspace
def apply(
    workspace: LocalWorkspace,
    stack: str,
    reviewed: str,
    loses: tuple[str, ...],
    live: tuple[str, ...],
) -> None:
    """Apply the reviewed changes to STACK.

    dynostack previews the changes again and applies nothing if they differ from the review. If an
    apply fails halfway, run it again with the same digest to continue it.

    Exit code: 0 on success, 1 if the engine fails, 3 if the apply is refused, 130 if it is
    interrupted.
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
@click.option(
    "--together", is_flag=True, help="Write one comment for all stacks instead of one for each."
)
@click.option("--outdated", is_flag=True, help="Only mark the existing comments as outdated.")
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
    """Write or update reviews on a pull request.

    Writes each review as a comment, also on a merge request of GitLab. To create REVIEW.json, run
    `dynostack review STACK --format json --out REVIEW.json`. Set GITHUB_TOKEN or GITLAB_TOKEN to
    an access token. If the API is not at its public address, set GITHUB_API_URL or CI_API_V4_URL
    to its address.
    """
    from dynostack.comment import command

    if bool(reviews) == outdated:
        raise click.UsageError("pass either review files or --outdated")
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
    """Print the digest of a review on a pull request.

    It is the digest in the pull request's comment about STACK. Pass it to `dynostack apply`.
    """
    from dynostack.comment import command

    host = command.host(service, os.environ, repository, number)
    click.echo(command.reviewed(host, command.project(workspace.project), stack))


@click.command()
def policies() -> None:
    """Print the folder of dynostack's Pulumi policy pack.

    Use it as: pulumi up --policy-pack "$(dynostack policies)"
    """
    from dynostack.review.policies import LIBRARY

    click.echo(LIBRARY)
