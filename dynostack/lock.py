"""The lock of a stack that a killed engine left in a folder's state.

The engine takes it for the time of an update.  One that is killed cannot give it back, and from
then on each engine waits for nobody.  A lock in the state of a service is the service's to tell.
https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/backend/diy/lock.go
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil

ENGINE = "pulumi"


@dataclass(frozen=True)
class Lock:
    """A lock whose engine is gone."""

    stack: str
    process: int
    since: str

    def __str__(self) -> str:
        """What is, and what to write."""
        return (
            f"stack {self.stack} is locked since {self.since} by an engine that was killed"
            f" (process {self.process}); nothing runs any more, and what it was at may be half done"
            f"\n      = write pulumi cancel --stack {self.stack} --yes"
            " in a shell of the same world, then the same command again"
        )


def left_behind(project: Path, stack: str, variables: Mapping[str, str]) -> Lock | None:
    """The lock that nobody holds any more; none where an engine runs, or none is there.

    Args:
        project: the folder of Pulumi.yaml.
        variables: the engine's environment, which says where the state is.
    """
    address = urlsplit(variables.get("PULUMI_BACKEND_URL", ""))
    if address.scheme != "file":
        return None
    state = Path(unquote(f"{address.netloc}{address.path}")).expanduser()
    locks = list(_locks(state / ".pulumi/locks/organization", project, stack))
    if not locks or not all(map(_is_left, locks)):
        return None
    return Lock(stack, locks[0]["pid"], str(locks[0]["timestamp"]).partition(".")[0])


def _locks(folder: Path, project: Path, stack: str) -> Iterator[dict[str, Any]]:
    files = sorted(folder.glob(f"*/{stack}/*.json"))
    if files:
        from config.schema import project_name

        name = project_name(project)
        files = [file for file in files if file.parent.parent.name == name]
    for file in files:
        yield json.loads(file.read_text("utf-8"))


def _is_left(lock: Mapping[str, Any]) -> bool:
    if lock["hostname"] != socket.gethostname():
        return False
    try:
        return ENGINE not in psutil.Process(lock["pid"]).name()
    except psutil.NoSuchProcess:
        return True
