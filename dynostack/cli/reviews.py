"""Commands that review a change, show the review in a pull request, and apply the change."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import click

from dynostack.cli.options import pass_workspace, step
from dynostack.cli.stacks import jobs_option, stacks_options, use_account_of
from dynostack.fleet.selection import Selection
from dynostack.local.workspace import LocalWorkspace

REVIEW_FORMAT = click.Choice(["text", "md", "html", "json"])


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
@stacks_options
@jobs_option()
@click.option(
    "--format",
    "style",
    type=REVIEW_FORMAT,
    default="text",
    show_default=True,
    help="Format of the review; html only for one stack.",
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
    selection: Selection,
    at_once: int,
    style: str,
    out: Path | None,
    source: Path | None,
    tell_changes: bool,
) -> None:
    """Preview the pending changes of each STACK and show their risks.

    The review lists data loss, changed permissions and changed costs. The preview uses the Pulumi
    backend and the Heroku of this shell, local or real, with the API key of the stack's account:
    HEROKU_API_KEY_OPS_ACME_EXAMPLE for ops@acme.example if that is set, otherwise HEROKU_API_KEY,
    otherwise what `heroku login` stored.

    Several stacks end with a table of all of them, and the JSON format has all reviews in one
    document. A stack that cannot be reviewed stops no other.

    Exit code: 0 on success, 1 if a preview fails, 2 for changes with --exit-code, 3 if a finding
    stops a change or needs an explicit yes; of several stacks, the worst.
    """
    stack = selection.single
    if stack is None:
        if source or style == "html":
            raise click.UsageError(f"use {'--from' if source else '--format html'} with one STACK")
        rendered, code = _several(workspace, selection, at_once, style, tell_changes)
    else:
        rendered, code = _one(workspace, stack, style, source, tell_changes)
    if out:
        out.write_text(rendered, encoding="utf-8")
    else:
        click.echo(rendered, nl=False)
    sys.exit(code)


def _one(
    workspace: LocalWorkspace, stack: str, style: str, source: Path | None, tell_changes: bool
) -> tuple[str, int]:
    """Review one stack, and return the rendered review and the exit code."""
    from dynostack.review.engine import Engine

    if not source:
        use_account_of(workspace.project, stack)
    with nullcontext() if source else Engine(workspace, stack).preview(step) as running:
        from dynostack.review import command  # while the engine works

        if running:
            shown = command.reviewed(workspace, stack, running, step)
        elif source:
            shown = command.reviewed_file(workspace, stack, source)
    return command.FORMATS[style](shown), command.exit_code(shown, tell_changes)


def _several(
    workspace: LocalWorkspace, selection: Selection, at_once: int, style: str, tell_changes: bool
) -> tuple[str, int]:
    """Review several stacks, and return the rendered reviews and the worst exit code."""
    from dynostack.environment.source.project_folder import ProjectFolder
    from dynostack.fleet.reviewing import FORMATS, ReviewJobs
    from dynostack.fleet.selected import selected_stacks

    stacks = selected_stacks(selection, workspace.project, step)
    name = ProjectFolder(workspace.project, project_rules=False).project
    reviews, code = ReviewJobs(workspace.project, name, at_once, step).run(stacks, tell_changes)
    return FORMATS[style](reviews), code


@click.command()
@click.argument("stacks", metavar="[STACK]...", nargs=-1)
@jobs_option(one_by_one=True)
@click.option(
    "--reviewed",
    metavar="DIGEST",
    multiple=True,
    required=True,
    help="Digest of the review to apply; for several stacks STACK=DIGEST, once for each.",
)
@click.option(
    "--allow-data-loss",
    "loses",
    metavar="NAME",
    multiple=True,
    help="Allow this database to be destroyed or replaced; use `app` for the app itself. For"
    " several stacks STACK=NAME.",
)
@click.option(
    "--allow-live-loss",
    "live",
    metavar="NAME",
    multiple=True,
    help="Allow the database behind DATABASE_URL to be destroyed, replaced or detached. For"
    " several stacks STACK=NAME.",
)
@click.option("--fail-fast", is_flag=True, help="Start no further stack after one that fails.")
@click.option("--dry-run", is_flag=True, help="Only check that the plan is still the reviewed one.")
@pass_workspace
def apply(
    workspace: LocalWorkspace,
    stacks: tuple[str, ...],
    at_once: int,
    reviewed: tuple[str, ...],
    loses: tuple[str, ...],
    live: tuple[str, ...],
    fail_fast: bool,
    dry_run: bool,
) -> None:
    """Apply the reviewed changes to each STACK.

    dynostack previews the changes again and applies nothing if they differ from the review. If an
    apply fails halfway, run it again with the same digest to continue it.

    Several stacks are applied in the given order, or without STACK in the order of --reviewed. A
    stack that fails or is refused stops no other, except with --fail-fast.

    Exit code: 0 on success, 1 if the engine fails, 3 if the apply is refused, 130 if it is
    interrupted; of several stacks, the worst.
    """
    consents = {"--allow-data-loss": loses, "--allow-live-loss": live}
    tell = partial(click.echo, err=True)
    if len(stacks) == 1 and not any(text.startswith(f"{stacks[0]}=") for text in reviewed):
        from dynostack.review.apply import apply as apply_reviewed
        from dynostack.review.apply import verify

        if len(reviewed) > 1:
            raise click.UsageError("pass one --reviewed DIGEST for one STACK")
        use_account_of(workspace.project, stacks[0])
        if dry_run:
            sys.exit(verify(workspace, stacks[0], reviewed[0], step, tell))
        options = {f"{option} {name}" for option, names in consents.items() for name in names}
        sys.exit(apply_reviewed(workspace, stacks[0], reviewed[0], options, step, tell))
    from dynostack.fleet.applying import ApplyJobs, digests, options_of

    order = digests(stacks, reviewed)
    jobs = ApplyJobs(workspace.project, at_once, fail_fast, step, tell, dry_run)
    sys.exit(jobs.run(order, options_of(order, consents)))


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
@click.option("--all", "takes_all", is_flag=True, help="Every stack that the review changes.")
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

    It is the digest in the pull request's comment. Pass it to `dynostack apply --reviewed`. One
    STACK prints the digest alone; several, and --all, print a line STACK=DIGEST for each. --all is
    every stack that changes according to the comment; no line means that none does.

    With --verify, for a check before a merge, dynostack previews these changes again and shows how
    they differ from the review. It applies nothing.

    Exit code: 0 on success, 1 if a stack has no review that can be applied, where the lines of the
    others are printed; with --verify, 3 if an apply would be refused now, whoever agrees.
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


@click.command()
def policies() -> None:
    """Print the folder of dynostack's Pulumi policy pack.

    Use it as: pulumi up --policy-pack "$(dynostack policies)"
    """
    from dynostack.review.policies import LIBRARY

    click.echo(LIBRARY)
