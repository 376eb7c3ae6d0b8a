"""A Pulumi project with its own local environment, and the real engine to run it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dynostack.local.workspace import LocalSettings, LocalWorkspace
from dynostack.toolchain.engine import Engine
from dynostack.toolchain.placement import place_tools

OFFLINE = {
    "PULUMI_CONFIG_PASSPHRASE": "test",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_STACK": "local",
    "NO_COLOR": "1",
}

EMPTY_STACK: dict[Path, bytes] = {}
"""The files of a new stack, by their paths in the project."""


@dataclass(frozen=True)
class Rig:
    """One project; `run` returns everything that the engine prints."""

    world: LocalWorkspace
    variables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, engine: Engine, program: str) -> Rig:
        folder.mkdir(exist_ok=True)
        (folder / "Pulumi.yaml").write_text("name: rig\nruntime: python\n")
        (folder / "__main__.py").write_text(program)
        world = LocalWorkspace(folder, LocalSettings())
        place_tools(world, engine)
        rig = cls(world)
        rig.create_stack()
        return rig

    def create_stack(self) -> None:
        """Create the stack with the files of the first rig's: the engine takes 0.3 s for it."""
        folder = self.world.project
        if not EMPTY_STACK:
            self.run("stack", "init", "local")
            for file in (folder / "Pulumi.local.yaml", *self.world.state.rglob("*")):
                if file.is_file():
                    EMPTY_STACK[file.relative_to(folder)] = file.read_bytes()
        for file, content in EMPTY_STACK.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)

    @property
    def environment(self) -> dict[str, str]:
        return {**self.world.environment(), **OFFLINE, **self.variables}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.world.pulumi, *arguments, "--non-interactive"],
            cwd=self.world.project,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=300)
        assert process.returncode == code, output
        return output

    def outputs(self) -> dict[str, Any]:
        outputs: dict[str, Any] = json.loads(self.run("stack", "output", "--json"))
        return outputs


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)
