"""Preparation of the local world, so that `pulumi` can run in it."""

from __future__ import annotations

import sys

import click

from dynostack.cli.options import local_server, step
from dynostack.errors import LocalError
from dynostack.local.workspace import LocalWorkspace
from dynostack.toolchain import install


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


def start_local_heroku(workspace: LocalWorkspace) -> None:
    started = local_server(workspace).start()
    step(f"local Heroku {'started' if started else 'is running'} on {workspace.heroku.url}")


def refuse_crashed_dynos(workspace: LocalWorkspace, app: str) -> None:
    """An app that does not run is not up.  Raises LocalError, after the end of the app's log."""
    server = local_server(workspace)
    if crashed := server.crashed_dynos(app):
        for line in server.logs(app, lines=20, follow=False):
            click.echo(line, err=True)
        names = " and ".join(crashed)
        raise LocalError(f"{names} crashed; dynostack local logs {app} --lines 200 shows more")
