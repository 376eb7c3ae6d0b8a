"""Signals to process groups."""

from __future__ import annotations

import contextlib
import os
import signal


def send(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group, which may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
