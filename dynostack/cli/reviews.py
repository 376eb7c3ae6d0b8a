"""Commands that review a change and apply it."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import click

from dynostack.cli.options import pass_workspace, step
from dynostack.cli.stacks import jobs_option, stacks_options, use_account_of
from dynostack.fleet.selection import Selection
from dynostack.local.workspace import LocalWorkspace

REVIEW_FORMAT = click.Choice(["text", "md", "html", "json"])


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

    For several stacks, the output ends with a table of them, and the JSON format has all reviews in
    one document. If a stack cannot be reviewed, the others still are.

    Exit code: 0 on success, 1 if a preview fails, 2 for changes with --exit-code, 3 if a finding
    stops a change or needs an explicit yes; for several stacks, the worst one.
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

    Several stacks are applied in the given order, or without STACK in the order of --reviewed. If
    one fails or is refused, the others are still applied, except with --fail-fast.

    Exit code: 0 on success, 1 if the engine fails, 3 if the apply is refused, 130 if it is
    interrupted; for several stacks, the worst one.
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
def policies() -> None:
    """Print the folder of dynostack's Pulumi policy pack.

    Use it as: pulumi up --policy-pack "$(dynostack policies)"
    """
    from dynostack.review.policies import LIBRARY

    click.echo(LIBRARY)
