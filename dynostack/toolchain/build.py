"""The third source of the engine: a build from its Go module, for networks with only a Go proxy."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import versions
from .engine import engine_version
from .errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from .progress import Progress

PINS = Path(__file__).with_name("engine_pins")
"""The module whose go.mod and go.sum pin the engine and all its dependencies."""

TOLD_LINES = 3
"""How many of the last lines of Go's output an error message shows."""


def _unwatched(_: int) -> None:
    """Ignore the progress of a command that ends at once."""


@dataclass(frozen=True)
class Build:
    """A Go program, its pins, and the variable that holds its version."""

    version: str = versions.ENGINE_VERSION
    folder: Path = PINS
    package: str = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
    version_variable: str = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"

    def make(self, folder: Path, progress: Progress) -> None:
        """Build `folder`/pulumi.

        GOPROXY, GOFLAGS and the like are the user's own; -mod=readonly keeps the pins.

        Raises:
            Unavailable: Go is missing or too old, or the build failed.
        """
        go = self._go()
        started = time.monotonic()

        def getting(lines: int) -> None:
            progress.show(f"downloading the engine's Go modules: {lines}, {_since(started)}")

        def building(lines: int) -> None:
            progress.show(f"building the engine: {lines} of {total} packages, {_since(started)}")

        getting(0)
        packages = self._run([go, "list", "-mod=readonly", "-deps", self.package], getting)
        total = len(packages.splitlines())
        command = [go, "build", "-v", "-trimpath", "-mod=readonly", "-ldflags", self._ldflags()]
        self._run([*command, "-o", str(folder / "pulumi"), self.package], building)
        engine_version(folder / "pulumi")

    def needed_go(self) -> tuple[int, int]:
        """Return the Go version that go.mod requires."""
        found = re.search(r"^go (\d+)\.(\d+)", (self.folder / "go.mod").read_text(), re.MULTILINE)
        if found is None:
            raise Unavailable(f"{self.folder / 'go.mod'} has no line with a Go version")
        return int(found[1]), int(found[2])

    def _go(self) -> str:
        major, minor = self.needed_go()
        install = f"install Go {major}.{minor} or newer from https://go.dev/dl/"
        go = shutil.which("go")
        if go is None:
            raise Unavailable(f"go is not on PATH; {install}")
        try:
            # Run it in the module's folder: this Go may download a newer one for the module.
            answer = self._run([go, "env", "GOVERSION"]).strip()
        except Unavailable as reason:
            raise Unavailable(f"{reason}; {install}") from reason
        found = re.match(r"go(\d+)\.(\d+)", answer)
        if found is None or (int(found[1]), int(found[2])) < (major, minor):
            raise Unavailable(f"{go} is too old ({answer}); {install}")
        return go

    def _ldflags(self) -> str:
        return f"-s -w -X {self.version_variable}={self.version}"

    def _run(self, command: list[str], watch: Callable[[int], None] = _unwatched) -> str:
        """Run Go and return its output.

        Args:
            command: the command and its arguments.
            watch: called after each line of messages with the number of lines so far.

        Raises:
            Unavailable: the command failed.
        """
        said: list[str] = []
        # A go.work above the project would replace the pins.
        environment = {**os.environ, "GOWORK": "off"}
        with (
            tempfile.TemporaryFile("w+") as printed,
            subprocess.Popen(
                command,
                cwd=self.folder,
                env=environment,
                stdout=printed,
                stderr=subprocess.PIPE,
                text=True,
            ) as go,
        ):
            try:
                for line in go.stderr or ():
                    said.append(line.strip())
                    watch(len(said))
            except BaseException:
                go.terminate()
                raise
            if go.wait() != 0:
                raise Unavailable(_told(said))
            printed.seek(0)
            return printed.read()


def _told(lines: list[str]) -> str:
    last = [line for line in lines if line][-TOLD_LINES:]
    return "go failed: " + (" / ".join(last) or "it printed no error")


def _since(started: float) -> str:
    return f"{time.monotonic() - started:.0f} s"
