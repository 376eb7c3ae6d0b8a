"""The commands about a project as a whole."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from dynostack.cli.options import local_server, pass_workspace, step
from dynostack.cli.preparation import (
    install_toolchain,
    prepare,
    refuse_crashed_dynos,
    refuse_mistakes,
)
from dynostack.engine.stacks import PulumiProject
from dynostack.local.workspace import LocalWorkspace

REPORT_FORMAT = click.Choice(["text", "json", "github", "sarif"])


@click.command()
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


@click.command()
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


@click.command()
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


@click.command()
@click.argument("stacks", metavar="[STACK]...", nargs=-1)
@click.option("--format", "style", type=REPORT_FORMAT, default="text")
@click.option("--fix", "is_fixing", is_flag=True, help="Fix what is safe to fix; show each change.")
@click.option(
    "--project-rules/--no-project-rules",
    default=True,
    help="Whether the rules in the project's own config package are run.",
)
@pass_workspace
def check(
    workspace: LocalWorkspace,
    stacks: tuple[str, ...],
    style: str,
    is_fixing: bool,
    project_rules: bool,
) -> None:
    """Find every mistake in the environments' files.

    All of them are looked at when no STACK is named.  Nothing of the project is run but its own
    config package, where that has a class Environment; no network is used.  The exit code is 0
    without errors (warnings do not count), 1 with errors, 2 when there is nothing to check.
    """
    from dynostack.check import command

    if is_fixing:
        from dynostack.check.fix import fix

        for file in fix(workspace.project, stacks, project_rules=project_rules):
            click.echo(file.difference, err=style != "text")
    sys.exit(command.run(workspace.project, stacks, style, project_rules=project_rules))


@click.command()
@pass_workspace
def toolchain(workspace: LocalWorkspace) -> None:
    """Find or make the engine and memcached; start nothing."""
    install_toolchain(workspace)


@click.command()
@pass_workspace
def down(workspace: LocalWorkspace) -> None:
    """Stop what `up` started; databases, builds and state stay."""
    stopped = local_server(workspace).stop()
    step("local Heroku stopped" if stopped else "local Heroku was not running")


@click.command()
@pass_workspace
def clean(workspace: LocalWorkspace) -> None:
    """Stop the local Heroku and remove the whole local world."""
    local_server(workspace).leave()
    workspace.remove()
    step(f"removed {workspace.root}")


COMMANDS = (new, env, up, check, toolchain, down, clean)
