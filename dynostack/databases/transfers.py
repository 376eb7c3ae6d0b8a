"""Backups and copies with the transfers that `heroku pg:backups` and `heroku pg:copy` use.

https://devcenter.heroku.com/articles/heroku-postgres-backups
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.databases.errors import StepFailed
from dynostack.databases.settled import awaited, settled
from dynostack.inventory.platform_api import PlatformApi

TRANSFER_SECONDS = 24 * 3600.0
PROVISION_SECONDS = 3600.0
UNITS = ("bytes", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Transfers:
    """The transfers of one app."""

    api: PlatformApi
    app: str
    say: Callable[[str], None]

    @property
    def path(self) -> str:
        """Return the path of the app's transfers."""
        return f"/client/v11/apps/{self.app}/transfers"

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all transfers, to recognize a new one."""
        return tuple(str(each["uuid"]) for each in self.api.data.listing(self.path))

    def back_up(self, addon: str, known: tuple[str, ...]) -> None:
        """Back up a database, or wait for the backup that an interrupted move started.

        Args:
            addon: the id of the database's add-on.
            known: the ids of the transfers before this one.

        Raises:
            StepFailed: the backup failed.
        """
        path = f"/client/v11/databases/{addon}/backups"
        started = settled(
            lambda: next(self._new(known, "BACKUP"), None),
            lambda: self.api.data.send("POST", path, {}),
            "back up the database",
        )
        self._finished(started, "back up the database")

    def copy(self, source: tuple[str, str], target: tuple[str, str], addon: str) -> None:
        """Replace the contents of a database with those of another.

        Args:
            source: name and URL of the database to copy.
            target: name and URL of the database to fill.
            addon: the id of the add-on of the database to fill.

        Raises:
            StepFailed: the copy failed; the source is unchanged.
        """
        # A copy that an interrupted move started may lack the latest writes.
        earlier = tuple(self._new((), target[0]))
        for transfer in earlier:
            self._cancel(transfer)
        body = {
            "from_name": source[0],
            "from_url": source[1],
            "to_name": target[0],
            "to_url": target[1],
        }
        started = settled(
            lambda: next(self._new(earlier, target[0]), None),
            lambda: self.api.data.send("POST", f"/client/v11/databases/{addon}/transfers", body),
            "copy the database",
        )
        self._finished(started, "copy the database")

    def was_copied_to(self, name: str) -> bool:
        """Return whether a copy into the database of this name has ever been started."""
        return next(self._new((), name), None) is not None

    def _new(self, known: tuple[str, ...], to_name: str) -> Iterator[str]:
        for each in self.api.data.listing(self.path):
            if each["uuid"] not in known and each["to_name"] == to_name:
                yield str(each["uuid"])

    def _cancel(self, transfer: str) -> None:
        path = f"{self.path}/{transfer}"
        settled(
            lambda: True if self.api.data.get(path)["finished_at"] else None,
            lambda: self.api.data.send("POST", f"{path}/actions/cancel"),
            "cancel the interrupted copy",
        )

    def _finished(self, transfer: str, what: str) -> None:
        shown = 0

        def ended() -> Mapping[str, Any] | None:
            nonlocal shown
            found: Mapping[str, Any] = self.api.data.get(f"{self.path}/{transfer}?verbose=true")
            done = int(found["processed_bytes"] or 0)
            if done >= 2 * max(shown, 1 << 20):
                shown = done
                self.say(f"{size(done)} transferred")
            return found if found["finished_at"] else None

        found = awaited(ended, TRANSFER_SECONDS, what)
        if not found["succeeded"]:
            lines = [str(each["message"]) for each in found.get("logs") or ()]
            reason = next((line for line in reversed(lines) if "error" in line), "")
            raise StepFailed(f"cannot {what}: {reason or 'the transfer failed'}")
        if found["warnings"]:
            self.say(
                f"{found['warnings']} statements failed; the comparison shows whether that matters"
            )


def wait_until_available(api: PlatformApi, addon: str) -> None:
    """Wait until a new database accepts connections.

    Raises:
        StepFailed: it does not within an hour.
    """
    path = f"/client/v11/databases/{addon}/wait_status"
    awaited(
        lambda: None if api.data.get(path)["waiting?"] else True,
        PROVISION_SECONDS,
        "wait for the new database",
    )


def size(number: float) -> str:
    """Return a number of bytes with a unit, such as 8.4 MB."""
    unit = 0
    while number >= 1024 and unit < len(UNITS) - 1:
        number, unit = number / 1024, unit + 1
    return f"{number:.1f} {UNITS[unit]}" if unit else f"{number:.0f} bytes"
