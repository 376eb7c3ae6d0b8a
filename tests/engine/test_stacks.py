"""Tests of running the engine for a project, with a script in place of the engine."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Timer

import pytest

from dynostack.engine.stacks import PulumiProject
from dynostack.local.workspace import LocalWorkspace


@pytest.mark.parametrize("status", [3, 0])
def test_an_interrupted_engine_is_waited_for_and_nothing_runs_after_it(
    tmp_path: Path, status: int
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    world = LocalWorkspace.of(tmp_path)
    world.create()
    told = "trap 'echo interrupted > told' INT\n"
    world.pulumi.write_text(f"#!/bin/sh\n{told}sleep 2\necho unlocked > ended\nexit {status}\n")
    world.pulumi.chmod(0o755)
    interrupt = Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    interrupt.start()
    with pytest.raises(KeyboardInterrupt):
        PulumiProject(world).up("local")
    assert (tmp_path / "told").read_text() == "interrupted\n"
    assert (tmp_path / "ended").read_text() == "unlocked\n"
