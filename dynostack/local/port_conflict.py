"""The message about a port that the local Heroku cannot use."""

from __future__ import annotations

import errno
import shlex
import socket
from pathlib import Path

import psutil

from dynostack.local import settings
from dynostack.local.server_command import data_of_server, port_of_server
from dynostack.local.workspace import LocalWorkspace

HOST = "127.0.0.1"


def port_conflict(workspace: LocalWorkspace) -> str:
    """Return which program uses the local Heroku's port, and what to do; empty if it is free.

    Args:
        workspace: the project, whose own local Heroku is not running.
    """
    port = workspace.heroku.port
    if not _is_taken(port):
        return ""
    owner, remedy = "another program", "stop that program"
    if other := _project_on(port):
        owner = f"the local Heroku of {other}"
        remedy = f"stop that one with: (cd {shlex.quote(str(other))} && dynostack down)"
    ports = range(port + 1, settings.HIGHEST_PORT + 1)
    if free := next((each for each in ports if not _is_taken(each)), None):
        file = workspace.project / settings.FILE
        remedy = f"write port = {free} below [{'.'.join(settings.TABLE)}] in {file}, or {remedy}"
    return f"cannot start the local Heroku: port {port} is in use by {owner}; {remedy}"


def _is_taken(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def _project_on(port: int) -> Path | None:
    """Return the folder of the project whose local Heroku runs on a port, if any."""
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        data = data_of_server(command)
        if data and port_of_server(command) == str(port):
            return data.parents[1]
    return None
