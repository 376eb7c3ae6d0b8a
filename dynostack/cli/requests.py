"""Commands that show reviews in a pull request, and read them from there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click

from dynostack.cli.options import pass_workspace, step
from dynostack.cli.stacks import jobs_option
from dynostack.local.workspace import LocalWorkspace


def request_options(
    command: Callable[..., None], *, needs_number: bool = True
) -> Callable[..., None]:
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
            required=needs_number,
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
@click.argument("reviews", metavar="[REVIEW.json]...", nargs=-1, type=click.Path(path_type=Path))
@request_options
@click.option("--outdated", is_flag=True, help="Only mark the existing comment as outdated.")
@pass_workspace
def comment(
    workspace: LocalWorkspace,
    reviews: tuple[Path, ...],
    repository: str,
    number: int,
    service: str,
    outdated: bool,
) -> None:
    """Write or update the reviews on a pull request.

    Writes one comment about all reviews, also on a merge request of GitLab: first the stacks that
    fail or change, then the number of those that stay as they are. To create REVIEW.json, run
    `dynostack review --all --format json --out REVIEW.json`. Set GITHUB_TOKEN or GITLAB_TOKEN to
    an access token. If the API is not at its public address, set GITHUB_API_URL or CI_API_V4_URL
    to its address.
    """
    from dynostack.comment import command

    if bool(reviews) == outdated:
        raise click.UsageError("pass either review files or --outdated")
    host = command.host(service, os.environ, repository, number)
    for done in command.comment(host, command.project(workspace.project), reviews):
        step(done)


@click.command()
@click.argument("stacks", metavar="[STACK]...", nargs=-1)
@click.option(
    "--all", "takes_all", is_flag=True, help="Every stack that changes according to the comment."
)
@click.option(
    "--commit",
    metavar="SHA",
    default="",
    help="Use the merged pull request of this commit, on GitHub, instead of --pr.",
)
@click.option("--verify", is_flag=True, help="Review again, and fail if a plan is not the same.")
@jobs_option()
@partial(request_options, needs_number=False)
@pass_workspace
def reviewed(
    workspace: LocalWorkspace,
    stacks: tuple[str, ...],
    takes_all: bool,
    commit: str,
    verify: bool,
    at_once: int,
    repository: str,
    number: int | None,
    service: str,
) -> None:
    """Print the digest of each STACK's review on a pull request.

    It is the digest in the pull request's comment. Pass it to `dynostack apply --reviewed`. For one
    STACK, the command prints only the digest; for several, or with --all, a line STACK=DIGEST for
    each. --all selects every stack that changes according to the comment; if none does, the command
    prints nothing.

    With --verify, for a check before a merge, dynostack previews these changes again and shows how
    they differ from the review. It applies nothing.

    Exit code: 0 on success, 1 if a stack has no review that can be applied (the digests of the
    others are still printed); with --verify, 3 if an apply would be refused now, even with an
    explicit yes.
    """
    from dynostack.comment import command
    from dynostack.comment.errors import CommentError
    from dynostack.comment.github import merged_request

    if bool(stacks) == takes_all:
        raise click.UsageError("pass either STACKs or --all")
    if bool(number) == bool(commit) or (commit and service != "github"):
        raise click.UsageError("pass --pr, or on GitHub --commit")
    number = number or merged_request(os.environ, repository, commit)
    host = command.host(service, os.environ, repository, number)
    shown = command.shown(host, command.project(workspace.project))
    digests, failed = {}, False
    for stack in dict.fromkeys(stacks or shown.changed()):
        try:
            digests[stack] = shown.digest(stack)
        except CommentError as error:
            failed = True
            click.secho(str(error), fg="red", err=True)
    for stack, digest in digests.items():
        click.echo(digest if len(stacks) == 1 else f"{stack}={digest}")
    if verify and digests:
        _verify(workspace, digests, at_once)
    sys.exit(1 if failed else 0)


def _verify(workspace: LocalWorkspace, digests: Mapping[str, str], at_once: int) -> None:
    """Check that the plans are still the reviewed ones.

    Raises:
        SystemExit: a plan cannot be applied.
    """
    from dynostack.comment.command import TOKENS
    from dynostack.fleet.applying import ApplyJobs

    # A preview runs the program of a pull request, which must not see a token that may write.
    for name in TOKENS:
        os.environ.pop(name, None)
    tell = partial(click.echo, err=True)
    jobs = ApplyJobs(workspace.project, at_once, False, step, tell, is_dry=True)
    if code := jobs.run(digests, {}):
        sys.exit(code)
