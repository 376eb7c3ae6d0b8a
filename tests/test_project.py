"""The engine as it is run for a project; the engine itself is a stand-in."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Timer

import pytest

from dynostack.project import EngineFailed, Project
from dynostack.world import World


def test_an_interrupted_engine_ends_in_its_own_time(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    world = World.of(tmp_path)
    world.create()
    world.pulumi.write_text("#!/bin/sh\nsleep 2\necho unlocked > ended\nexit 3\n")
    world.pulumi.chmod(0o755)
    interrupt = Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    interrupt.start()
    with pytest.raises(EngineFailed) as failed:
        Project(world).up("local")
    assert failed.value.exit_code == 3
    assert (tmp_path / "ended").read_text() == "unlocked\n"
