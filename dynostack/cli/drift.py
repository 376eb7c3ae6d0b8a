"""Commands that compare a stack's file with everything that Heroku has."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from dynostack.cli.options import confirmed, hidden_answer, pass_workspace, step
from dynostack.cli.stacks import jobs_option, stacks_options, use_account_of
from dynostack.fleet.selection import Selection
from dynostack.local.workspace import LocalWorkspace

if TYPE_CHECKING:
    from dynostack.drift.command import Drift, DriftCommand
    from dynostack.drift.issue import DriftIssue
    from dynostack.fleet.drifting import Drifts


class _Drift(click.Group):
    """A group whose command `show` is meant by the name of a stack."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert `show` before arguments that begin with no command."""
        if args and args[0] not in (*self.commands, "--help"):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Drift)
def drift() -> None:
    """Compare a stack's file with everything that its app has on Heroku."""


@drift.command()
@stacks_options
@jobs_option()
@click.option("--exit-code", "tells", is_flag=True, help="Exit with 2 if there are differences.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "md", "json"]),
    default="text",
    show_default=True,
    help="Format of the output.",
)
@click.option(
    "--issue",
    "repository",
    metavar="OWNER/NAME",
    default="",
    help="Open or update one issue of this repository on GitHub, and close it if nothing differs.",
)
@pass_workspace
def show(
    workspace: LocalWorkspace,
    selection: Selection,
    at_once: int,
    tells: bool,
    style: str,
    repository: str,
) -> None:
    """Report how Heroku differs from the file of each STACK; `dynostack drift STACK` for short.

    Reports what was changed, removed and added by hand, with prices, permissions, when and, as far
    as the app's releases tell, by whom. Also lists what a file cannot describe, such as
    maintenance mode. It changes nothing. The name of each item is in brackets.

    The command uses the Pulumi backend and the Heroku, local or real, that this shell is set up
    for, with the API key of the stack's account.

    --issue needs an access token in GITHUB_TOKEN. The issue has the differences of all compared
    stacks, so always compare the same ones. A stack that cannot be compared does not open an issue,
    but it keeps an open one open.

    Exit code: 0 on success, 1 if a stack cannot be compared, 2 for differences with --exit-code;
    for several stacks, the worst one.
    """
    issue = _issue(workspace, repository) if repository else None
    found: Drift | Drifts
    if selection.single:
        with _comparing(workspace, selection.single) as comparison:
            found = comparison.run()
        code = 2 if tells and found.differences else 0
    else:
        from dynostack.fleet.drifting import DriftJobs
        from dynostack.fleet.selected import selected_stacks

        stacks = selected_stacks(selection, workspace.project, step)
        found, code = DriftJobs(workspace.project, at_once, step).run(stacks, tells)
    if style == "md" or issue:
        from dynostack.drift import markdown
        from dynostack.fleet.drifting import Drifts

        drifts = found if isinstance(found, Drifts) else Drifts((found,), ())
        failures = {each.stack: each.message for each in drifts.failures}
    match style:
        case "md":
            click.echo(markdown.render(drifts.drifts, failures), nl=False)
        case "json":
            click.echo(found.json(), nl=False)
        case _:
            click.echo(found.text(), nl=False)
    for line in issue.publish(drifts.drifts, failures) if issue else ():
        step(line)
    sys.exit(code)


def _issue(workspace: LocalWorkspace, repository: str) -> DriftIssue:
    """Return the project's issue, and hide the token from all processes that are started later."""
    from dynostack.comment.command import TOKENS, project
    from dynostack.comment.issues import GitHubIssues
    from dynostack.drift.issue import DriftIssue

    issues = GitHubIssues.of(os.environ, repository)
    for name in TOKENS:
        os.environ.pop(name, None)
    return DriftIssue(issues, project(workspace.project))


@contextmanager
def _comparing(workspace: LocalWorkspace, stack: str) -> Iterator[DriftCommand]:
    """Provide the comparison of one stack's file with Heroku, with the key of its account.

    Raises:
        DriftUnknown: Heroku does not answer, at any time until the end.
    """
    from dynostack.drift.command import DriftCommand
    from dynostack.drift.errors import DriftUnknown
    from dynostack.inventory.platform_api import ApiError
    from dynostack.recover.command import api_of

    use_account_of(workspace.project, stack)
    try:
        yield DriftCommand(workspace, stack, api_of(os.environ).saying(step), step)
    except ApiError as error:
        raise DriftUnknown(str(error)) from None


def _agreement(yes: bool) -> Callable[[str], bool]:
    """Return what answers the question of a command, which --yes answers at once."""
    return lambda question: yes or confirmed(question, "--yes")


@drift.command()
@click.argument("stack")
@click.argument("items", metavar="[ITEM]...", nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_workspace
def accept(workspace: LocalWorkspace, stack: str, items: tuple[str, ...], yes: bool) -> None:
    """Write what Heroku has to the file of STACK, and import what is new.

    ITEM is the name in brackets in the output of `dynostack drift STACK`, such as
    app.configVars.DEBUG, or a section, such as collaborators; without it, accept all. The command
    shows the difference of the file first. Comments, the order and other values stay; secrets are
    encrypted. It changes nothing on Heroku.

    Exit code: 0 if a review changes nothing afterwards, 1 if nothing was accepted, 2 if a review
    still changes something, which it shows.
    """
    from dynostack.drift.accept import AcceptCommand

    with _comparing(workspace, stack) as comparison:
        command = AcceptCommand(
            comparison, items, hidden_answer, _agreement(yes), partial(click.echo, nl=False)
        )
        sys.exit(command.run())


@drift.command()
@click.argument("stack")
@click.argument("items", metavar="[ITEM]...", nargs=-1)
@click.option(
    "--allow-data-loss",
    "losses",
    metavar="NAME",
    multiple=True,
    help="Allow this add-on, by its name on Heroku or in the review, to be destroyed.",
)
@click.option(
    "--allow-live-loss",
    "live",
    metavar="NAME",
    multiple=True,
    help="Allow DATABASE_URL to point to another database than this one, which it has now.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_workspace
def revert(
    workspace: LocalWorkspace,
    stack: str,
    items: tuple[str, ...],
    losses: tuple[str, ...],
    live: tuple[str, ...],
    yes: bool,
) -> None:
    """Undo on Heroku what differs from the file of STACK.

    ITEM is as for `dynostack drift accept`; without it, undo all differences. The command shows its
    plan and asks: it removes what was added, and applies the file to bring back what was changed or
    removed. What a file cannot describe, such as maintenance mode, stays unless you name it. A
    changed item of the section app comes back together with all other properties and config vars.

    Exit code: 0 if none of these differences is left, 1 if the command fails or you do not
    confirm it, 2 if a difference is left, 3 if a finding stops it or needs an explicit yes.
    """
    from dynostack.drift.revert import RevertCommand

    consents = {
        *(f"--allow-data-loss {name}" for name in losses),
        *(f"--allow-live-loss {name}" for name in live),
    }
    with _comparing(workspace, stack) as comparison:
        command = RevertCommand(
            comparison, items, consents, _agreement(yes), partial(click.echo, nl=False)
        )
        sys.exit(command.run())


@drift.command()
@click.argument("stack")
@click.argument("items", metavar="ITEM...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_workspace
def ignore(workspace: LocalWorkspace, stack: str, items: tuple[str, ...], yes: bool) -> None:
    """Add each ITEM to the section elsewhere of the file of STACK.

    The section names what the app has on Heroku but is managed elsewhere. `dynostack drift` and
    `dynostack review` then only count it. ITEM is as for `dynostack drift accept`, or a part that a
    file cannot describe, such as maintenance. What the file describes cannot be ignored. The
    command shows the difference of the file first. It changes nothing on Heroku.

    Exit code: 0 on success, 1 if nothing was written.
    """
    from dynostack.drift.ignore import IgnoreCommand

    with _comparing(workspace, stack) as comparison:
        command = IgnoreCommand(comparison, items, _agreement(yes), partial(click.echo, nl=False))
        sys.exit(command.run())
