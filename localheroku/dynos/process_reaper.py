"""Ends process groups when the server that started them is gone, for whatever reason.

It runs as a separate program, with the server at the other end of its standard input, and reads
`+group` and `-group`, one per line. The operating system closes that pipe when the server dies.
"""

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 3.0


def read_groups() -> set[int]:
    """Read registrations until the server is gone; return the groups that still run."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        groups.add(group) if line.startswith("+") else groups.discard(group)
    return groups


def send(groups: set[int], number: signal.Signals) -> None:
    """Signal every group that still exists."""
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)


def main() -> None:
    """Wait until the server is gone, then end its process groups."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if groups := read_groups():
        send(groups, signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        send(groups, signal.SIGKILL)


if __name__ == "__main__":
    main()
