"""The command `dynostack`."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynostack.catalogue.errors import CatalogueError
from dynostack.cli import local_control
from dynostack.cli.exit import exit_on_expected_errors
from dynostack.cli.options import format_option, local_server, pass_workspace
from dynostack.engine.stacks import PulumiProject
from dynostack.errors import LocalError
from dynostack.local.workspace import LocalWorkspace
from dynostack.toolchain import install

if TYPE_CHECKING:
    from dynostack.local.server import Status

REVIEW_FORMAT = click.Choice(["text", "md", "html", "json"])
REPORT_FORMAT = click.Choice(["text", "json", "github", "sarif"])


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


@click.group()
@click.version_option(package_name="dynostack")
@click.pass_context
def commands(context: click.Context) -> None:
    """Heroku infrastructure as reviewed Python, on a local Heroku first."""
    if context.invoked_subcommand != new.name:
        context.obj = LocalWorkspace.of(Path.cwd())


@commands.command()
@click.argument("source", required=False)
def new(source: str | None) -> None:
    """Make this folder a project; SOURCE is the Django project's folder below it.

    SOURCE may be left out where one folder has a manage.py.
    """
    from dynostack.scaffold import project as writing

    here = Path.cwd()
    there = [source] if source else list(writing.sources(here))
    if len(there) != 1:
        raise click.UsageError("name the folder below this one that has the Django project")
    for file in writing.write(writing.ProjectRequest(here, there[0])):
        step(f"wrote {file}")
    step("next: dynostack django settings local, dynostack check local, dynostack up")


@commands.command()
@click.option("--as", "email", metavar="EMAIL", help="As another account of the local Heroku.")
@pass_workspace
def env(workspace: LocalWorkspace, email: str | None) -> None:
    """Enter the local world: eval "$(dynostack env)"."""
    workspace.create()
    variables = workspace.variables()
    if email:
        variables["HEROKU_API_KEY"] = local_server(workspace).key_of(email)
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@commands.command()
@click.option("--stack", default="local", show_default=True, help="The environment to bring up.")
@pass_workspace
def up(workspace: LocalWorkspace, stack: str) -> None:
    """Bring an environment up on the local Heroku."""
    refuse_mistakes(workspace, stack)
    prepare(workspace)
    project = PulumiProject(workspace)
    project.create_stacks(stack)
    project.up(stack)
    outputs = project.outputs(stack)
    refuse_crashed_dynos(workspace, outputs["appName"])
    click.secho(f"\n{outputs['webUrl']}", bold=True)


@commands.command()
@click.argument("stacks", metavar="[STACK]...", nargs=-1)
@click.option("--format", "style", type=REPORT_FORMAT, default="text")
@click.option("--fix", "mend", is_flag=True, help="First mend what is safe to mend; show how.")
@click.option(
    "--project-rules/--no-project-rules",
    default=True,
    help="Whether the rules in the project's own config package are run.",
)
@pass_workspace
def check(
    workspace: LocalWorkspace, stacks: tuple[str, ...], style: str, mend: bool, project_rules: bool
) -> None:
    """Find every mistake in the environments' files.

    All of them are looked at when no STACK is named.  Nothing of the project is run but its own
    config package, where that has a class Environment; no network is used.  The exit code is 0
    without errors (warnings do not count), 1 with errors, 2 when there is nothing to check.
    """
    from dynostack.check import command

    if mend:
        from dynostack.check.fix import fix

        for mended in fix(workspace.project, stacks, project_rules=project_rules):
            click.echo(mended.difference, err=style != "text")
    sys.exit(command.run(workspace.project, stacks, style, project_rules=project_rules))


@commands.command()
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


@commands.command()
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


@commands.command()
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


@commands.command()
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


@commands.command()
def policies() -> None:
    """Print the folder of the policy pack: pulumi up --policy-pack "$(dynostack policies)"."""
    from dynostack.review.policies import LIBRARY

    click.echo(LIBRARY)


@commands.command()
@pass_workspace
def toolchain(workspace: LocalWorkspace) -> None:
    """Find or make the engine and memcached; start nothing."""
    install_toolchain(workspace)


@commands.command()
@pass_workspace
def down(workspace: LocalWorkspace) -> None:
    """Stop what `up` started; databases, builds and state stay."""
    stopped = local_server(workspace).stop()
    step("local Heroku stopped" if stopped else "local Heroku was not running")


@commands.command()
@pass_workspace
def clean(workspace: LocalWorkspace) -> None:
    """Stop the local Heroku and remove the whole local world."""
    local_server(workspace).leave()
    workspace.remove()
    step(f"removed {workspace.root}")


@commands.command()
@click.argument("service", required=False)
@format_option
def plans(service: str | None, style: str) -> None:
    """Show plans with prices and limits, of all services or of one."""
    from dynostack.catalogue import plans as listing

    chosen = listing.chosen(service)
    if style == "json":
        click.echo(listing.as_json(chosen))
    else:
        listing.show(chosen, sys.stdout)


@commands.group()
def catalogue() -> None:
    """What Heroku offers, as dynostack/environment/catalogue/ has it."""


@catalogue.command()
@pass_workspace
def update(workspace: LocalWorkspace) -> None:
    """Ask Heroku for its plans, stacks, regions and dyno sizes, and write what is new.

    It is written to the folder that DYNOSTACK_CATALOGUE names; absent, to the installed dynostack.
    """
    from dynostack.catalogue.update import update as bring_up_to_date
    from dynostack.environment.catalogue.tables import FOLDER

    if os.environ.get("HEROKU_API_URL") == workspace.heroku.url:
        raise CatalogueError(
            "this shell is inside the local world, whose Heroku knows only what the catalogue says;"
            " ask from a shell that has not evaluated `dynostack env`"
        )
    today = datetime.now(UTC).date()
    found = bring_up_to_date(FOLDER, os.environ, today)
    for line in (*found.changes, *found.missing):
        click.echo(str(line))
    changed = len(found.changes)
    step(f"{changed} figures changed; `make docs` tells editors" if changed else "nothing new")


@commands.group()
def django() -> None:
    """The Django project that an environment builds."""


@django.command()
@click.argument("stack")
@pass_workspace
def settings(workspace: LocalWorkspace, stack: str) -> None:
    """Print the lines that the project needs for what STACK declares, ready to paste."""
    from dynostack.environment import EnvironmentErrors
    from dynostack.scaffold.django_settings import lines_to_add

    try:
        blocks = lines_to_add(workspace.project, stack)
    except EnvironmentErrors as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(2)
    if blocks:
        click.echo("\n\n".join(map(str, blocks)))
    else:
        step(f"nothing to add: the project has all that {stack} needs")


@commands.group()
def local() -> None:
    """The local Heroku."""


@local.command()
@pass_workspace
def start(workspace: LocalWorkspace) -> None:
    """Start the local Heroku in the background."""
    start_local_heroku(workspace)


@local.command()
@pass_workspace
def stop(workspace: LocalWorkspace) -> None:
    """Stop the local Heroku; data stays."""
    step("stopped" if local_server(workspace).stop() else "was not running")


@local.command()
@format_option
@pass_workspace
def status(workspace: LocalWorkspace, style: str) -> None:
    """Say where it runs and which apps and dynos it has."""
    from dynostack.local.server import status_as_json

    seen = local_server(workspace).status()
    click.echo(status_as_json(seen) if style == "json" else "\n".join(status_lines(seen)))


@local.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_workspace
def reset(workspace: LocalWorkspace, yes: bool) -> None:
    """Forget every app, database and cache, and Pulumi's state."""
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
@click.option("--lines", "-n", default=100, show_default=True, help="How many lines to go back.")
@click.option("--follow", "-f", is_flag=True, help="Go on until interrupted.")
@pass_workspace
def logs(workspace: LocalWorkspace, app: str | None, lines: int, follow: bool) -> None:
    """Show an app's log; APP may be left out where there is one app."""
    server = local_server(workspace)
    for line in server.logs(app or server.only_app(), lines, follow):
        click.echo(line)


@local.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", metavar="[APP --] COMMAND...", nargs=-1, type=click.UNPROCESSED)
@pass_workspace
def run(workspace: LocalWorkspace, words: tuple[str, ...]) -> None:
    """Run COMMAND in a one-off dyno; APP may be left out where there is one app.

    It has the app's files and config vars, this shell's input and output, and its exit code
    becomes that of this command.
    """
    from dynostack.local import one_off

    named = words[1:2] == ("--",)
    command = words[2:] if named else words
    if not command:
        raise click.UsageError("name the command to run")
    server = local_server(workspace)
    sys.exit(one_off.run(server, words[0] if named else server.only_app(), command))


for command in local_control.COMMANDS:
    local.add_command(command)


def refuse_mistakes(workspace: LocalWorkspace, stack: str) -> None:
    """Show what is wrong with an environment's file; the engine would show it after a minute."""
    from dynostack.check.report import Report
    from dynostack.check.text import rendered
    from dynostack.environment import examine_all

    report = Report.of(workspace.project, examine_all(workspace.project, [stack]))
    if report.errors:
        click.echo(rendered(report), err=True)
        sys.exit(1)


def prepare(workspace: LocalWorkspace) -> None:
    """Everything that must be there before `pulumi` can run in the local world."""
    install_toolchain(workspace)
    start_local_heroku(workspace)


def install_toolchain(workspace: LocalWorkspace) -> None:
    workspace.create()
    install(workspace, step)


def refuse_crashed_dynos(workspace: LocalWorkspace, app: str) -> None:
    """An app that does not run is not up.  Raises LocalError, after the end of the app's log."""
    server = local_server(workspace)
    if crashed := server.crashed_dynos(app):
        for line in server.logs(app, lines=20, follow=False):
            click.echo(line, err=True)
        names = " and ".join(crashed)
        raise LocalError(f"{names} crashed; dynostack local logs {app} --lines 200 shows more")


def start_local_heroku(workspace: LocalWorkspace) -> None:
    started = local_server(workspace).start()
    step(f"local Heroku {'started' if started else 'is running'} on {workspace.heroku.url}")


def status_lines(status: Status) -> Iterator[str]:
    state = f"running, process {status.pid}" if status.pid else "stopped"
    yield f"local Heroku  {state}"
    yield f"address       {status.address}"
    yield f"account       {status.account}, team {status.team}"
    for app in status.apps:
        dynos = ", ".join(f"{name} {state}" for name, state in app["dynos"].items())
        yield f"app           {app['address']}  {dynos or 'no dynos'}"


def step(text: str) -> None:
    """Progress goes to stderr, so that what a program reads stays clean."""
    click.echo(f"{click.style('==>', fg='green')} {text}", err=True)


def main() -> None:
    with exit_on_expected_errors():
        sys.exit(commands(standalone_mode=False))
