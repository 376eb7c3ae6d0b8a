"""The third way: the engine built from its Go module, for networks that reach only a Go proxy."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import pins
from .engine import engine_version
from .errors import Unavailable

if TYPE_CHECKING:
    from .progress import Progress

PINS = Path(__file__).parents[2] / "tools" / "engine"
"""The module whose go.mod and go.sum pin the engine and everything it is made of."""

TOLD_LINES = 3
"""How many of Go's last lines explain a build that failed."""


@dataclass(frozen=True)
class Build:
    """A Go program, its pins, and the variable that tells it its version."""

    version: str = pins.ENGINE_VERSION
    folder: Path = PINS
    package: str = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
    version_variable: str = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

    def make(self, folder: Path, progress: Progress) -> None:
        """Build `folder`/pulumi.  Raises Unavailable with what is missing or what Go said.

        GOPROXY, GOFLAGS and the like are the user's own; -mod=readonly keeps the pins.
        """
        go = self._go()
        progress.show("getting the engine's Go modules")
        packages = self._run([go, "list", "-mod=readonly", "-deps", self.package]).splitlines()
        command = [go, "build", "-v", "-trimpath", "-mod=readonly", "-ldflags", self._ldflags()]
        command += ["-o", str(folder / "pulumi"), self.package]
        self._build(command, len(packages), progress)
        engine_version(folder / "pulumi")

    def needed_go(self) -> tuple[int, int]:
        """The Go version that the pins ask for."""
        found = re.search(r"^go (\d+)\.(\d+)", (self.folder / "go.mod").read_text(), re.MULTILINE)
        if found is None:
            raise Unavailable(f"{self.folder / 'go.mod'} names no Go version")
        return int(found[1]), int(found[2])

    def _go(self) -> str:
        major, minor = self.needed_go()
        install = f"install Go {major}.{minor} or newer from https://go.dev/dl/"
        go = shutil.which("go")
        if go is None:
            raise Unavailable(f"go is not on PATH; {install}")
        # Asked in the folder: a newer Go that this one fetches for the module counts.
        answer = self._run([go, "env", "GOVERSION"], f"; {install}").strip()
        found = re.match(r"go(\d+)\.(\d+)", answer)
        if found is None or (int(found[1]), int(found[2])) < (major, minor):
            raise Unavailable(f"{go} is {answer}; {install}")
        return go

    def _ldflags(self) -> str:
        return f"-s -w -X {self.version_variable}={self.version}"

    def _environment(self) -> dict[str, str]:
        # A go.work above the project would replace the pins.
        return {**os.environ, "GOWORK": "off"}

    def _run(self, command: list[str], advice: str = "") -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Unavailable(f"{_told(done.stderr.splitlines())}{advice}")
        return done.stdout

    def _build(self, command: list[str], packages: int, progress: Progress) -> None:
        started = time.monotonic()
        said: list[str] = []
        with subprocess.Popen(
            command, cwd=self.folder, env=self._environment(), stderr=subprocess.PIPE, text=True
        ) as go:
            try:
                for line in go.stderr or ():
                    said.append(line.strip())
                    elapsed = time.monotonic() - started
                    progress.show(
                        f"building the engine: {len(said)} of {packages} packages, {elapsed:.0f} s"
                    )
            except BaseException:
                go.terminate()
                raise
        if go.returncode != 0:
            raise Unavailable(_told(said))


def _told(lines: list[str]) -> str:
    last = [line for line in lines if line][-TOLD_LINES:]
    return "go: " + (" / ".join(last) or "it ended without a word")
