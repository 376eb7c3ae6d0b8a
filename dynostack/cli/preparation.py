"""The steps that prepare the local environment before `pulumi` runs in it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, NoReturn

import click

from dynostack.cli.options import local_server, step
from dynostack.errors import LocalError
from dynostack.local import virtual_environment
from dynostack.local.workspace import LocalWorkspace
from dynostack.toolchain import install

if TYPE_CHECKING:
    from collections.abc import Iterable

LOG_LINES = 20
LOG_SECONDS = 0.5
"""How long after a response the last lines about it may reach the log."""


def refuse_mistakes(workspace: LocalWorkspace, stack: str) -> None:
    """Exit with a report if a stack's file has errors; the engine would take a minute to find them.

    Raises:
        SystemExit: the file has errors.
    """
    from dynostack.check.report import Report
    from dynostack.check.text import rendered
    from dynostack.environment import examine_all

    report = Report.of(workspace.project, examine_all(workspace.project, [stack]))
    if report.errors:
        click.echo(rendered(report), err=True)
        sys.exit(1)


def prepare(workspace: LocalWorkspace) -> None:
    """Install the toolchain and start the local Heroku, so that `pulumi` can run locally."""
    install_toolchain(workspace)
    start_local_heroku(workspace)


def install_toolchain(workspace: LocalWorkspace, *, engine_only: bool = False) -> None:
    """Find, download or build the engine and the servers, and report each step."""
    workspace.create()
    if link := virtual_environment.linked(workspace.project):
        step(f"{link.name} is a link to {sys.prefix}, which has dynostack")
    install(workspace, step, engine_only=engine_only)


def start_local_heroku(workspace: LocalWorkspace) -> None:
    """Start the local Heroku unless it is running, and report its address."""
    started = local_server(workspace).start()
    step(f"local Heroku {'started' if started else 'is running'} on {workspace.heroku.url}")


def stop_local_heroku(workspace: LocalWorkspace) -> None:
    """Stop the local Heroku if it is running, and report it; its data stays."""
    stopped = local_server(workspace).stop()
    step("local Heroku stopped" if stopped else "local Heroku was not running")


def refuse_crashed_dynos(workspace: LocalWorkspace, app: str) -> None:
    """Check that no dyno of an app has crashed.

    Raises:
        LocalError: a dyno crashed; the end of the app's log has been printed.
    """
    server = local_server(workspace)
    if crashed := server.crashed_dynos(app):
        lines = server.logs(app, LOG_LINES, follow=False)
        _refuse(app, f"{' and '.join(crashed)} crashed", lines)


def visit_site(workspace: LocalWorkspace, app: str) -> str:
    """Visit an app's site; return its address, or "" if the app should have no site now.

    Raises:
        LocalError: the site does not work; the end of the app's log has been printed.
    """
    from dynostack.local import site
    from dynostack.local.shortcomings import DIFFERENT

    server = local_server(workspace)
    visit = site.visit(server, app)
    if visit is None:
        return ""
    if name := visit.heroku_name:
        step(f"{DIFFERENT}the site allows only its own host names, so it sees requests for {name}")
    if visit.failed:
        time.sleep(LOG_SECONDS)
        lines = list(server.logs(app, LOG_LINES, follow=False))
        code = f" ({found})" if (found := site.error_code(lines)) else ""
        _refuse(app, f"{visit.address} {visit.answer}{code}", lines)
    return visit.address


def report_shortcomings(workspace: LocalWorkspace, app: str) -> None:
    """Print what an app lacks here although it has it on Heroku, and its build's warnings."""
    from dynostack.local.shortcomings import shortcomings

    for text in shortcomings(local_server(workspace), app):
        step(text)


def _refuse(app: str, reason: str, log: Iterable[str]) -> NoReturn:
    """Print the end of an app's log and raise a LocalError."""
    for line in log:
        click.echo(line, err=True)
    raise LocalError(f"{reason}; for more of the log, run: dynostack local logs {app} --lines 200")
