"""The state of a local Heroku: its process and settings, and its apps."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from dynostack.local.server import ServerProcess
from dynostack.local.shortcomings import build_warnings


@dataclass(frozen=True)
class AppStatus:
    """An app: its address, the state of each dyno by name, and its last build's warnings."""

    name: str
    address: str
    dynos: dict[str, str]
    warnings: list[str]


@dataclass(frozen=True)
class Status:
    """The local Heroku; `pid` is None if it is not running."""

    pid: int | None
    address: str
    account: str
    team: str
    apps: list[AppStatus]


def status_of(server: ServerProcess) -> Status:
    """Return the local Heroku's process and settings, and its apps with their dynos."""
    process = server.process()
    heroku = server.workspace.heroku
    return Status(
        pid=process.pid if process else None,
        address=heroku.url,
        account=heroku.account,
        team=heroku.team,
        apps=[_app(server, app) for app in server.get("/apps")] if process else [],
    )


def as_json(status: Status) -> str:
    """Return a status as a JSON document."""
    return json.dumps(asdict(status), indent=2)


def _app(server: ServerProcess, app: dict[str, Any]) -> AppStatus:
    dynos = server.get(f"/apps/{app['id']}/dynos")
    return AppStatus(
        app["name"],
        app["web_url"],
        {dyno["name"]: dyno["state"] for dyno in dynos},
        list(build_warnings(server, app["id"])),
    )
