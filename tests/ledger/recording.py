"""Which client called which endpoint: read from the request logs that a run of the tests left.

`clients.json` is what the last whole run saw; a whole run of the tests renews it with
DYNOSTACK_RENEW_LEDGER=1 and fails without when it no longer sees what is written there.
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
"""How a client calls itself -> what the ledger calls it; others are not evidence of anything."""

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
"""Rows that refuse in Heroku's words because what they are about is not here."""

GIT = (
    "GET /{app}.git/info/refs",
    "POST /{app}.git/git-upload-pack",
    "POST /{app}.git/git-receive-pack",
)
"""What a clone, a fetch and a push call, beside the API's rows."""

WELL, NO_ACCESS = range(1, 400), (401, 403)

Seen = Mapping[str, list[str]]


def seen(folder: Path) -> Seen:
    """The clients by route, from all logs below a folder; only calls that were answered well.

    Of a route that only refuses it is the refusals, but for those of who may not even ask.
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
    """What the last renewal saw."""
    known: Seen = json.loads(FILE.read_text(encoding="utf-8"))
    return known


def record(calls: Seen) -> None:
    FILE.write_text(f"{json.dumps(calls, indent=2)}\n", encoding="utf-8")


def lost(now: Seen) -> list[str]:
    """What is written down and was not seen this time, a line each."""
    return [
        f"{route} by {client}"
        for route, clients in recorded().items()
        for client in clients
        if client not in now.get(route, [])
    ]
