"""The commands that tell the local Heroku to fail, to go back, to wait, to remember, to be seen.

Thin: they send what they are given to its control API and show what it answers.
"""

from __future__ import annotations

import json
import re
import shutil
import webbrowser
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from dynostack.cli.options import format_option, local_server, pass_workspace
from dynostack.local.workspace import LocalWorkspace

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
LIMITS = ("bucket", "enforced", "refill_per_minute")


class Seconds(click.ParamType[float]):
    """Such as 90, 1.5, 5m, 2h or -3d."""

    name = "duration"

    def convert(self, value: Any, *_: object) -> float:
        found = re.fullmatch(r"(-?\d+(?:\.\d+)?)([smhd]?)", str(value))
        if found is None:
            self.fail(f"{value} is no duration such as 90, 5m, 2h or 3d")
        return float(found[1]) * UNITS[found[2]]


MATCHES = {
    "method": click.option("--method", metavar="METHOD[,METHOD]", help="Calls with this method."),
    "path": click.option("--path", metavar="PATTERN", help="Calls of paths like '/apps/*/addons'."),
    "route": click.option("--route", help="Calls of an endpoint: 'POST /apps/{app}/addons'."),
    "app": click.option("--app", help="Calls that concern this app, by name or id."),
    "client": click.option("--client", help="Calls of this client: heroku-cli, heroku-go, git."),
    "call": click.option("--call", type=int, metavar="N", help="Not before the N-th such call."),
    "count": click.option("--count", type=int, metavar="N", help="Only N calls."),
    "probability": click.option("--probability", type=float, help="By chance, 0 to 1."),
    "seed": click.option("--seed", type=int, help="Another chance, the same each time."),
}
UNSAID = {"call": 1, "probability": 1.0, "seed": 0}
OPTIONS = {
    "status": click.option("--status", type=int, help="error: its status, 500 if not said."),
    "id": click.option("--id", help="error: its id."),
    "message": click.option("--message", help="error: its message."),
    "seconds": click.option("--seconds", type=Seconds(), help="latency, unseen: how long."),
    "bytes": click.option("--bytes", type=int, help="truncate: how much of the body is sent."),
    "calls": click.option("--calls", type=int, help="unseen: how many calls do not find it."),
}


@click.group()
def fault() -> None:
    """Make the local Heroku fail."""


def _all_options(command: Any) -> Any:
    for option in reversed((*MATCHES.values(), *OPTIONS.values())):
        command = option(command)
    return command


@fault.command()
@click.argument("kind")
@_all_options
@format_option
@pass_workspace
def add(workspace: LocalWorkspace, /, kind: str, style: str, **given: Any) -> None:
    """Add a fault of a KIND.

    \b
    error         answers a status, an error id and a message; nothing is changed
    latency       waits before the call is looked at
    reset-before  resets the connection; nothing is changed
    reset-after   does what was asked for, then resets the connection
    truncate      does what was asked for, then sends a part of the answer
    kill-before   the local Heroku dies; nothing is changed
    kill-after    does what was asked for, then the local Heroku dies
    kill-answered answers, then the local Heroku dies
    rate-limit    answers 429
    stuck         add-ons stay provisioning, builds pending, until it is cleared
    failed        add-ons end deprovisioned, builds failed
    unseen        what a call makes is not found by the next ones
    """
    said = {name: value for name, value in given.items() if value is not None}
    body = {
        "kind": kind,
        **{name: said[name] for name in MATCHES if name in said},
        "options": {name: said[name] for name in OPTIONS if name in said},
    }
    _show(style, local_server(workspace).control("POST", "/faults", body), _fault)


@fault.command("list")
@format_option
@pass_workspace
def list_faults(workspace: LocalWorkspace, style: str) -> None:
    """Show the faults that are set, and how many calls each has seen and struck."""
    _show_all(style, local_server(workspace).control("GET", "/faults"), _fault)


@fault.command()
@click.argument("identity", metavar="[ID]", required=False)
@format_option
@pass_workspace
def clear(workspace: LocalWorkspace, identity: str | None, style: str) -> None:
    """Remove a fault, or all; what they held up goes on."""
    path = f"/faults/{identity}" if identity else "/faults"
    gone = local_server(workspace).control("DELETE", path)
    _show_all(style, gone if isinstance(gone, list) else [gone], _fault)


@click.command()
@click.argument("name", required=False)
@click.option("--remove", is_flag=True, help="Remove the snapshot NAME.")
@format_option
@pass_workspace
def snapshot(workspace: LocalWorkspace, name: str | None, remove: bool, style: str) -> None:
    """Keep everything under a NAME: apps, databases and Pulumi's state.  Without NAME: list them.

    Dynos and databases stop for a moment; caches are empty after it.
    """
    server = local_server(workspace)
    if name is None:
        if remove:
            raise click.UsageError("name the snapshot to remove")
        _show_all(style, server.control("GET", "/snapshots"), _snapshot)
    elif remove:
        _show(style, server.control("DELETE", f"/snapshots/{name}"), _snapshot)
    else:
        made = server.control("POST", "/snapshots", {"name": name})
        _copy_state(workspace.state, _state_of(workspace, name))
        _show(style, made, _snapshot)


@click.command()
@click.argument("name")
@format_option
@pass_workspace
def restore(workspace: LocalWorkspace, name: str, style: str) -> None:
    """Make everything what it was in the snapshot NAME, Pulumi's state too."""
    restored = local_server(workspace).control("POST", f"/snapshots/{name}/actions/restore")
    if _state_of(workspace, name).exists():
        _copy_state(_state_of(workspace, name), workspace.state)
    _show(style, restored, _snapshot)


@click.command()
@click.option("--set", "time", metavar="TIME", help="Go on from there: 2031-05-01T12:00:00Z.")
@click.option("--advance", type=Seconds(), metavar="DURATION", help="Go ahead: 90, 5m, 2h, 3d.")
@click.option("--now", "machine", is_flag=True, help="Go with this machine's clock again.")
@format_option
@pass_workspace
def clock(
    workspace: LocalWorkspace, time: str | None, advance: float | None, machine: bool, style: str
) -> None:
    """Show or set the time that the local Heroku goes by."""
    changes: dict[str, Any] = {"time": None} if machine else {}
    changes |= {"time": time} if time is not None else {}
    changes |= {"advance": advance} if advance is not None else {}
    server = local_server(workspace)
    shown = (
        server.control("PATCH", "/clock", changes) if changes else server.control("GET", "/clock")
    )
    _show(style, shown, lambda told: f"{told['time']}  {_ahead(told['ahead_seconds'])}")


@click.command()
@click.argument("changes", metavar="[NAME=VALUE]...", nargs=-1)
@format_option
@pass_workspace
def settings(workspace: LocalWorkspace, changes: tuple[str, ...], style: str) -> None:
    """Show or set how long provisioning takes, and the rate limit.

    Such as addon=30 build=2m; bucket=100 refill_per_minute=10 enforced=true
    """
    server = local_server(workspace)
    body = _changed(changes)
    told = (
        server.control("PATCH", "/settings", body) if body else server.control("GET", "/settings")
    )
    _show(style, told, lambda told: "\n".join(_settings(told)))


@click.group()
def record() -> None:
    """Record all calls with their bodies; secrets are masked."""


@record.command("start")
@pass_workspace
def start_recording(workspace: LocalWorkspace) -> None:
    """Begin a new recording."""
    local_server(workspace).control("PATCH", "/recorder", {"on": True})


@record.command("stop")
@pass_workspace
def stop_recording(workspace: LocalWorkspace) -> None:
    """Record no more; what was recorded stays."""
    local_server(workspace).control("PATCH", "/recorder", {"on": False})


@record.command("show")
@pass_workspace
def show_recording(workspace: LocalWorkspace) -> None:
    """Print what was recorded, a line of JSON a call."""
    for call in local_server(workspace).control("GET", "/recorder/calls"):
        click.echo(json.dumps(call, ensure_ascii=False))


@click.command("open")
@click.option("--print", "prints", is_flag=True, help="Print the address; open no browser.")
@pass_workspace
def open_page(workspace: LocalWorkspace, prints: bool) -> None:
    """Show apps, add-ons, dynos, logs and requests in a browser.

    The address opens the page once, and within a minute.
    """
    told = local_server(workspace).control("POST", "/page/links")
    if prints or not webbrowser.open(told["url"]):
        click.echo(told["url"])


COMMANDS = (fault, snapshot, restore, clock, settings, record, open_page)


def _show(style: str, told: Any, line: Any) -> None:
    click.echo(json.dumps(told, indent=2) if style == "json" else line(told))


def _show_all(style: str, told: list[Any], line: Any) -> None:
    if style == "json":
        click.echo(json.dumps(told, indent=2))
    for each in told if style == "text" else ():
        click.echo(line(each))


def _fault(told: Mapping[str, Any]) -> str:
    matches = [f"{name}={told[name]}" for name in MATCHES if told[name] != UNSAID.get(name)]
    options = [f"{name}={value}" for name, value in told["options"].items()]
    words = " ".join((told["kind"], *matches, *options))
    return f"{told['id']}  {words}  seen {told['seen']}, struck {told['struck']}"


def _snapshot(told: Mapping[str, Any]) -> str:
    return f"{told['name']}  {told['created_at']}  {', '.join(told['apps']) or 'no apps'}"


def _ahead(seconds: float) -> str:
    if not seconds:
        return "this machine's time"
    apart = timedelta(seconds=round(abs(seconds)))
    return f"{apart} {'ahead of' if seconds > 0 else 'behind'} this machine"


def _settings(told: Mapping[str, Any]) -> Iterator[str]:
    for kind, seconds in told["provisioning"].items():
        yield f"{kind:20}{seconds:g} seconds"
    for name in LIMITS:
        yield f"{name:20}{json.dumps(told['rate_limit'][name])}"


def _changed(changes: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    body: dict[str, dict[str, Any]] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise click.UsageError(f"{change}: write {change}=VALUE")
        if name in LIMITS:
            body.setdefault("rate_limit", {})[name] = _value(change, value)
        else:
            body.setdefault("provisioning", {})[name] = Seconds().convert(value)
    return body


def _value(change: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise click.UsageError(f"{change}: write a number, true or false") from None


def _state_of(workspace: LocalWorkspace, name: str) -> Path:
    from localheroku.control.snapshots.files import folder

    return folder(workspace.heroku_data) / name / "state"


def _copy_state(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
