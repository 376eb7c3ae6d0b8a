"""A rehearsal: the same move on the local Heroku and its data, undone afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dynostack.databases.errors import MoveRefused
from dynostack.databases.stack_file import StackFile
from dynostack.engine.process import PulumiProcess
from dynostack.environment.database_moves import MAIN, move_command
from dynostack.local.server import ServerProcess
from dynostack.local.workspace import LocalWorkspace

SNAPSHOT = "before-rehearsal"
FOLDER = "rehearsal"


@contextmanager
def rehearsed(workspace: LocalWorkspace, stack: str) -> Iterator[Path]:
    """Use the local environment within the context; then restore it and the stack's file.

    If an earlier rehearsal was interrupted, undo it first.

    Yields:
        The folder for the records of the rehearsed moves.

    Raises:
        MoveRefused: the stack is not up in the local environment.
        LocalError: the local Heroku does not start.
    """
    os.environ.update(workspace.variables())
    server = ServerProcess(workspace)
    server.start()
    kept = workspace.root / FOLDER / f"Pulumi.{stack}.yaml"
    file = StackFile(workspace.project, stack).path
    if kept.exists():
        _restore(server, kept, file)
    _require_stack(workspace, stack)
    server.save_snapshot(SNAPSHOT)
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    # Renamed when complete: the copy marks that there is something to restore.
    draft = kept.with_suffix(".draft")
    shutil.copy2(file, draft)
    draft.rename(kept)
    try:
        yield kept.parent
    finally:
        _restore(server, kept, file)


def refuse_leftover(workspace: LocalWorkspace, stack: str) -> None:
    """Check that no rehearsal has changed the stack's file.

    Raises:
        MoveRefused: one is running, or was killed.
    """
    if (workspace.root / FOLDER / f"Pulumi.{stack}.yaml").exists():
        raise MoveRefused(
            f"a rehearsal is running or was killed, and has changed Pulumi.{stack}.yaml; to put"
            f" the file back, run: {move_command(stack, MAIN, '--rehearse')}"
        )


def _restore(server: ServerProcess, kept: Path, file: Path) -> None:
    shutil.copyfile(kept, file)
    server.restore_snapshot(SNAPSHOT)
    # While the copy of the file exists, so must the snapshot: a killed restore is repeated.
    shutil.rmtree(kept.parent)
    server.control("DELETE", f"/snapshots/{SNAPSHOT}")


def _require_stack(workspace: LocalWorkspace, stack: str) -> None:
    stacks = PulumiProcess.of_workspace(workspace).answer("stack", "ls", "--json")
    if not any(each["name"] == stack and each.get("resourceCount") for each in stacks):
        raise MoveRefused(
            f"stack {stack} is not up in the local environment, so there is no data to rehearse"
            f" with; to bring it up, run: dynostack up --stack {stack}"
        )
