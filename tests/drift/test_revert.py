"""The result of a revert after which something else is different."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from dynostack.comparison.difference import Difference, Kind
from dynostack.drift.command import Drift, DriftCommand
from dynostack.drift.revert import DONE, LEFT, RevertCommand
from dynostack.inventory.platform_api import PlatformApi
from dynostack.inventory.removal import attachment

ATTACHED = Difference(
    Kind.ADDED, "addons.redis.attachments.CACHE", "attached", calls=(attachment("1"),)
)
GONE = Difference(Kind.REMOVED, "app.configVars.CACHE_URL", "config var CACHE_URL is gone")


class NoHeroku(PlatformApi):
    """An API that accepts every call."""

    def send(self, method: str, path: str, body: object = None) -> None:
        """Do nothing."""


@dataclass
class Comparisons:
    """A comparison that finds something else each time."""

    found: list[tuple[Difference, ...]]
    said: list[str] = field(default_factory=list)
    api: PlatformApi = field(default_factory=lambda: NoHeroku("http://127.0.0.1:1", "key"))

    def run(self) -> Drift:
        """Return the next differences."""
        return Drift("prod", "shop", self.found.pop(0), ())

    def say(self, line: str) -> None:
        """Keep a line."""
        self.said.append(line)


def reverted(*found: tuple[Difference, ...]) -> tuple[int, list[str]]:
    drift = Comparisons(list(found))
    command = RevertCommand(cast(DriftCommand, drift), (), (), lambda _: True, lambda _: None)
    return command.run(), drift.said


def test_everything_is_as_before() -> None:
    assert reverted((ATTACHED,), ()) == (DONE, ["shop: undid 1 of 1 differences"])


def test_what_is_different_now_is_told() -> None:
    code, said = reverted((ATTACHED,), (GONE,))
    assert code == LEFT
    assert said[0] == "different now, run the same command again: config var CACHE_URL is gone"
