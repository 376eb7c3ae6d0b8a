"""Apps and other clients that write to a database: stop them, and start them again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from dynostack.databases.app import HerokuApp
from dynostack.databases.errors import StepFailed
from dynostack.databases.record import Writer
from dynostack.databases.sessions import (
    allow_writes,
    connected,
    count_writes,
    end_others,
    forbid_writes,
    other_clients,
)
from dynostack.databases.settled import awaited
from dynostack.inventory.platform_api import PlatformApi

STOP_SECONDS = 90.0
"""Heroku gives a dyno 30 s to exit before it kills it.

https://devcenter.heroku.com/articles/dyno-shutdown-behavior
"""
QUIET_SECONDS = 0.2
ENDING_SECONDS = 2.0
ENDING_PAUSE_SECONDS = 0.02
ATTEMPTS = 3


def read_writers(api: PlatformApi, apps: Iterator[str]) -> tuple[Writer, ...]:
    """Return the apps that use the database, with the state to restore afterwards."""
    return tuple(_writer(HerokuApp(api, app)) for app in apps)


def _writer(app: HerokuApp) -> Writer:
    return Writer(
        app=app.name, formation=app.formation(), maintenance=bool(app.read()["maintenance"])
    )


def stop(api: PlatformApi, writers: tuple[Writer, ...]) -> None:
    """Turn on maintenance mode and stop every dyno of the apps.

    Raises:
        StepFailed: a dyno does not stop, or Heroku refuses.
    """
    apps = [HerokuApp(api, each.app) for each in writers]
    for app, writer in zip(apps, writers, strict=True):
        app.set_maintenance(True)
        app.scale(dict.fromkeys(writer.formation, 0))
    for app in apps:
        awaited(partial(_stopped, app), STOP_SECONDS, f"stop the dynos of {app.name}")


def _stopped(app: HerokuApp) -> bool | None:
    running = app.dynos()
    for name in running:
        # Scaling does not stop one-off dynos, such as those of Heroku Scheduler.
        if name.partition(".")[0] in ("run", "scheduler"):
            app.stop_dyno(name)
    return None if running else True


def start(api: PlatformApi, writers: tuple[Writer, ...]) -> None:
    """Start the dynos that ran before, and turn maintenance mode off where it was off before.

    Raises:
        StepFailed: Heroku refuses, or cannot be reached.
    """
    for writer in writers:
        app = HerokuApp(api, writer.app)
        app.scale(writer.formation)
        if not writer.maintenance:
            app.set_maintenance(False)


def lock_out(url: str) -> int:
    """Make the database read-only, and check that no other client stays connected.

    Returns:
        How many rows were ever written to it, to find a client that allows itself to write.

    Raises:
        StepFailed: a client keeps reconnecting.
    """
    with connected(url) as connection:
        for _ in range(ATTEMPTS):
            forbid_writes(connection)
            time.sleep(QUIET_SECONDS)
            if not (clients := other_clients(connection)):
                return count_writes(connection)
        allow_writes(connection)
    raise StepFailed(
        f"clients other than the app's dynos keep connecting to the database: {', '.join(clients)};"
        " stop them first, then run the same command again"
    )


def refuse_writes_since(url: str, count: int) -> None:
    """Check that nothing was written to a database since it was made read-only.

    Args:
        url: the database's URL.
        count: how many rows had been written then.

    Raises:
        StepFailed: a client has written, although it was told not to.
    """
    with connected(url) as connection:
        end_others(connection)
        deadline = time.monotonic() + ENDING_SECONDS
        while (clients := other_clients(connection)) and time.monotonic() < deadline:
            time.sleep(ENDING_PAUSE_SECONDS)
        written = count_writes(connection) - count
    if clients:
        raise StepFailed(
            f"clients other than the app's dynos connect to the database: {', '.join(clients)};"
            " stop them first, then run the same command again"
        )
    if written:
        raise StepFailed(
            f"a client has written to the read-only database during the copy ({written} rows); stop"
            " it first, then run the same command again"
        )


def readmit(url: str) -> None:
    """Make the database writable again."""
    with connected(url) as connection:
        allow_writes(connection)
