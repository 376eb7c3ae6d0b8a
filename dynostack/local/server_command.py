"""The command line by which a running local Heroku is found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def data_of_server(command: Sequence[str]) -> Path | None:
    """Return the data folder of a local Heroku, of any version; None for another program."""
    is_server = command[1:2] == ["-m"] and command[3:4] == ["--data"] and len(command) > 4
    return Path(command[4]) if is_server else None


def port_of_server(command: Sequence[str]) -> str:
    """Return the port on the command line of a local Heroku; empty if it has none there."""
    return command[6] if command[5:6] == ["--port"] and len(command) > 6 else ""
