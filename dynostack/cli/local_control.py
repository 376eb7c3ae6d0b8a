"""Commands that control the local Heroku: faults, snapshots, clock, settings, recorder and page.

Each command sends its options to the local Heroku's control API and prints the response.
"""

from __future__ import annotations

import json
import re
import webbrowser
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import click

from dynostack.cli.options import format_option, local_server, pass_workspace
from dynostack.local.workspace import LocalWorkspace

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
LIMITS = ("bucket", "enforced", "refill_per_minute")
OFFERS = ("old_versions",)


class Seconds(click.ParamType[float]):
    """A duration such as 90, 1.5, 5m, 2h or -3d, converted to seconds."""

    name = "duration"

    def convert(self, value: Any, *_: object) -> float:
        """Return the duration in seconds."""
        found = re.fullmatch(r"(-?\d+(?:\.\d+)?)([smhd]?)", str(value))
        if found is None:
            self.fail(f"{value} is not a duration; write it as 90, 5m, 2h or 3d")
        return float(found[1]) * UNITS[found[2]]


MATCHES = {
    "method": click.option(
        "--method", metavar="METHOD[,METHOD]", help="Match calls with one of these methods."
    ),
    "path": click.option(
        "--path", metavar="PATTERN", help="Match calls with a path such as '/apps/*/addons'."
    ),
    "route": click.option(
        "--route", help="Match calls to an endpoint such as 'POST /apps/{app}/addons'."
    ),
    "app": click.option("--app", help="Match calls for the app with this name or id."),
    "client": click.option(
        "--client", help="Match calls from this client: heroku-cli, heroku-go or git."
    ),
    "call": click.option(
        "--call", type=int, metavar="N", help="Skip the matching calls before the Nth."
    ),
    "count": click.option(
        "--count", type=int, metavar="N", help="Apply the fault to at most N calls."
    ),
    "probability": click.option(
        "--probability", type=float, help="Apply the fault with this probability, 0 to 1."
    ),
    "seed": click.option(
        "--seed", type=int, help="Seed of --probability; the same seed picks the same calls."
    ),
}
UNSAID = {"call": 1, "probability": 1.0, "seed": 0}
OPTIONS = {
    "status": click.option(
        "--status", type=int, help="For error: the HTTP status; 500 by default."
    ),
    "id": click.option("--id", help="For error: the error id in the response."),
    "message": click.option("--message", help="For error: the message in the response."),
    "seconds": click.option(
        "--seconds", type=Seconds(), help="For latency and unseen: how long, such as 90 or 5m."
    ),
    "bytes": click.option(
        "--bytes", type=int, help="For truncate: how many bytes of the body to send."
    ),
    "calls": click.option(
        "--calls", type=int, help="For unseen: how many calls do not find the new resource."
    ),
}


@click.group()
def fault() -> None:
    """Inject faults into the local Heroku.

    A fault makes calls of the API fail, wait or lose their connections.
    """


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
    """Add a fault of this KIND to the calls that match all given options.

    Without options that match calls, the fault applies to all calls.

    \b
    error         return an error with --status, --id and --message; change nothing
    latency       wait before processing the call
    reset-before  reset the connection; change nothing
    reset-after   process the call, then reset the connection
    truncate      process the call, then send only a part of the response
    kill-before   kill the local Heroku; change nothing
    kill-after    process the call, then kill the local Heroku
    kill-answered process the call, send the response, then kill the local Heroku
    rate-limit    return status 429
    stuck         keep add-ons provisioning and builds pending until the fault is cleared
    failed        make add-ons end up deprovisioned and make builds fail
    unseen        hide a newly created resource from the calls that follow
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
    """List the faults, with the number of calls that each has matched and affected."""
    _show_all(style, local_server(workspace).control("GET", "/faults"), _fault)


@fault.command()
@click.argument("identity", metavar="[ID]", required=False)
@format_option
@pass_workspace
def clear(workspace: LocalWorkspace, identity: str | None, style: str) -> None:
    """Remove the fault ID, or all faults.

    Add-ons and builds that a fault of kind stuck was holding back then continue.
    """
    path = f"/faults/{identity}" if identity else "/faults"
    gone = local_server(workspace).control("DELETE", path)
    _show_all(style, gone if isinstance(gone, list) else [gone], _fault)


@click.command()
@click.argument("name", required=False)
@click.option("--remove", is_flag=True, help="Delete the snapshot NAME.")
@format_option
@pass_workspace
def snapshot(workspace: LocalWorkspace, name: str | None, remove: bool, style: str) -> None:
    """Save a snapshot, or list the snapshots.

    The snapshot NAME holds all local apps, databases and Pulumi's local state. Without NAME, list
    the snapshots. Saving stops dynos and databases for a moment and empties the caches.
    """
    server = local_server(workspace)
    if name is None:
        if remove:
            raise click.UsageError("no snapshot given; pass the NAME of the snapshot to delete")
        _show_all(style, server.control("GET", "/snapshots"), _snapshot)
    elif remove:
        _show(style, server.control("DELETE", f"/snapshots/{name}"), _snapshot)
    else:
        _show(style, server.save_snapshot(name), _snapshot)


@click.command()
@click.argument("name")
@format_option
@pass_workspace
def restore(workspace: LocalWorkspace, name: str, style: str) -> None:
    """Restore the snapshot NAME.

    Replaces all local apps, databases and Pulumi's local state.
    """
    _show(style, local_server(workspace).restore_snapshot(name), _snapshot)


@click.command()
@click.option(
    "--set", "time", metavar="TIME", help="Set the clock to a time such as 2031-05-01T12:00:00Z."
)
@click.option(
    "--advance",
    type=Seconds(),
    metavar="DURATION",
    help="Advance the clock by a duration such as 90, 5m, 2h or 3d.",
)
@click.option("--now", "machine", is_flag=True, help="Set the clock back to this machine's time.")
@format_option
@pass_workspace
def clock(
    workspace: LocalWorkspace, time: str | None, advance: float | None, machine: bool, style: str
) -> None:
    """Show or set the local Heroku's clock."""
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
    """Show or set provisioning times, the rate limit and which Postgres versions are offered.

    Examples of NAME=VALUE: addon=30 build=2m bucket=100 refill_per_minute=10 enforced=true

    With old_versions=true, new databases can use PostgreSQL 14 and 15, as some databases on Heroku
    still do.
    """
    server = local_server(workspace)
    body = _changed(changes)
    told = (
        server.control("PATCH", "/settings", body) if body else server.control("GET", "/settings")
    )
    _show(style, told, lambda told: "\n".join(_settings(told)))


@click.group()
def record() -> None:
    """Record API calls, with secrets masked."""


@record.command("start")
@pass_workspace
def start_recording(workspace: LocalWorkspace) -> None:
    """Start a new recording."""
    local_server(workspace).control("PATCH", "/recorder", {"on": True})


@record.command("stop")
@pass_workspace
def stop_recording(workspace: LocalWorkspace) -> None:
    """Stop recording; the recorded calls are kept."""
    local_server(workspace).control("PATCH", "/recorder", {"on": False})


@record.command("show")
@pass_workspace
def show_recording(workspace: LocalWorkspace) -> None:
    """Print the recorded calls, one line of JSON for each."""
    for call in local_server(workspace).control("GET", "/recorder/calls"):
        click.echo(json.dumps(call, ensure_ascii=False))


@click.command("open")
@click.option(
    "--print", "prints", is_flag=True, help="Print the address instead of opening a browser."
)
@pass_workspace
def open_page(workspace: LocalWorkspace, prints: bool) -> None:
    """Open the local Heroku's page in a browser.

    It shows apps, add-ons, dynos, logs and API calls. Its address works once and expires
    after a minute.
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
    return f"{told['id']}  {words}  matched {told['seen']}, affected {told['struck']}"


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
    for name in OFFERS:
        yield f"{name:20}{json.dumps(told['addons'][name])}"


def _changed(changes: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    body: dict[str, dict[str, Any]] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise click.UsageError(f"{change} has no value; write {change}=VALUE")
        if name in LIMITS:
            body.setdefault("rate_limit", {})[name] = _value(change, value)
        elif name in OFFERS:
            body.setdefault("addons", {})[name] = _value(change, value)
        else:
            body.setdefault("provisioning", {})[name] = Seconds().convert(value)
    return body


def _value(change: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise click.UsageError(
            f"{change}: the value is invalid; write a number, true or false"
        ) from None
