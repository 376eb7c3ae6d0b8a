"""How long it takes until what Heroku makes in the background is there.

Nothing takes longer than it really does unless a time is set, as a test of waiting clients does.
"""

from __future__ import annotations

import asyncio

KINDS = (
    "addon",
    "build",
    "peering",
    "promotion",
    "release",
    "review-app",
    "space",
    "vpn-connection",
)


class Provisioning:
    """Seconds by kind; a kind without any takes none."""

    def __init__(self) -> None:
        self._seconds = dict.fromkeys(KINDS, 0.0)

    @property
    def seconds(self) -> dict[str, float]:
        return dict(self._seconds)

    def set(self, kind: str, seconds: float) -> None:
        """For what is asked for from now on.  Raises KeyError for a kind there is none of."""
        if kind not in self._seconds:
            raise KeyError(kind)
        self._seconds[kind] = seconds

    async def wait(self, kind: str) -> None:
        await asyncio.sleep(self._seconds[kind])
