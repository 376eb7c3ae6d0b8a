"""The clients that called each endpoint, read from the request logs of a test run.

`clients.json` holds the result of the last full run. A full run with DYNOSTACK_RENEW_LEDGER=1
updates it; other full runs fail if a recorded call is missing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("clients.json")
LOGS = "requests*.jsonl"

CLIENTS = {
    "heroku-cli": "Heroku CLI",
    "dynostack-provider": "native provider",
    "dynostack": "dynostack",
    "git": "git",
    "Python": "API tests",
}
"""The name in the ledger for each client's user agent; other clients do not count."""

REFUSED = frozenset(
    {
        "GET /account/credits/{credit}",
        "POST /account/credits",
        "GET /account/invoices/{invoice}",
        "POST /postgres/v0/databases/{addon}/credentials",
        "DELETE /postgres/v0/databases/{addon}/credentials/{credential}",
        "POST /client/v11/databases/{addon}/links",
        "DELETE /client/v11/databases/{addon}/links/{link}",
        "PUT /client/v11/databases/{addon}/unfollow",
        "POST /client/v11/databases/{addon}/upgrade/prepare",
        "POST /client/v11/databases/{addon}/upgrade/dry_run",
        "POST /client/v11/databases/{addon}/upgrade/run",
        "POST /client/v11/databases/{addon}/upgrade/cancel",
    }
)
"""Endpoints that refuse every request with Heroku's error message.

The local Heroku does not have what they manage.
"""

GIT = (
    "GET /{app}.git/info/refs",
    "POST /{app}.git/git-upload-pack",
    "POST /{app}.git/git-receive-pack",
)
"""The routes of a clone, a fetch and a push, in addition to the API's endpoints."""

WELL, NO_ACCESS = range(1, 400), (401, 403)

Seen = Mapping[str, list[str]]


def seen(folder: Path) -> Seen:
    """Return the clients by route, from all logs below a folder, counting only successful calls.

    For a route in REFUSED, the refusals count, except those of callers without access.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for log in folder.rglob(LOGS):
        for line in log.read_text(encoding="utf-8").splitlines():
            call = json.loads(line)
            client = CLIENTS.get(call["client"] or "")
            if client and _is_answered(call["route"], call["status"]):
                found[call["route"]].add(client)
    return {route: sorted(found[route]) for route in sorted(found)}


def _is_answered(route: str | None, status: int) -> bool:
    if route in REFUSED:
        return status not in NO_ACCESS
    return route is not None and status in WELL


def recorded() -> Seen:
    """Return the calls in `clients.json`."""
    known: Seen = json.loads(FILE.read_text(encoding="utf-8"))
    return known


def record(calls: Seen) -> None:
    FILE.write_text(f"{json.dumps(calls, indent=2)}\n", encoding="utf-8")


def merged(*parts: Seen) -> Seen:
    """Return the calls of several runs as those of one."""
    routes = sorted({route for part in parts for route in part})
    return {
        route: sorted({client for part in parts for client in part.get(route, ())})
        for route in routes
    }


def lost(now: Seen) -> list[str]:
    """Return a line for each recorded call that is missing in this run."""
    return [
        f"{route} by {client}"
        for route, clients in recorded().items()
        for client in clients
        if client not in now.get(route, [])
    ]
