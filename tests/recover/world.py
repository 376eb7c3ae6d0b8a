"""A small environment whose update a test kills at any call, to recover it afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from tests.durability.worlds import Breakable, Change
from tests.e2e.rehearsal import PROJECT, Done
from tests.recover.proxy import Proxy

STACK = "local"
DYNOSTACK = str(PROJECT / ".venv/bin/dynostack")
END_SECONDS = 60.0


class Crashing(Breakable):
    """The environment of the durability tests, with a proxy in front of its Heroku."""

    def __init__(self, directory: Path, *, builds: bool = False) -> None:
        self.backend: dict[str, str] = {}
        """Variables that select another Pulumi backend."""
        super().__init__(directory, builds=builds)
        self.proxy = Proxy(self.world.heroku.port)

    @property
    def variables(self) -> dict[str, str]:
        return {**self.world.variables(), **self.backend}

    def run(self, *command: str) -> Done:
        return self._run([*command], self.variables)

    def pulumi(self, *arguments: str) -> Done:
        return self.run("pulumi", *arguments, "--non-interactive", "--color", "never")

    def recover(self, *options: str) -> Done:
        return self.run(*self.program, "recover", STACK, *options)

    def started(self, *command: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start a command whose calls to Heroku go through the proxy."""
        return subprocess.Popen(
            command,
            cwd=self.directory,
            env={**os.environ, **self.variables, "HEROKU_API_URL": self.proxy.url, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def crashed_up(self, kind: str, call: int, victim: str = "engine") -> bool:
        """Start an update and kill one of its processes at a call; return whether it got there."""
        ready: list[subprocess.Popen[bytes]] = []

        def strike() -> None:
            kill(VICTIMS[victim](ready[0].pid))

        self.proxy.arm(kind, call, strike)
        up = ("pulumi", "up", "-s", STACK, "--yes", "--skip-preview", "--non-interactive")
        ready.append(self.started(*up))
        ready[0].wait()
        return self.proxy.struck.is_set()

    def crashed_apply(self, kind: str, call: int, victim: str) -> bool:
        """Start an apply and kill it, but not its engine, at a call of its own or its engine's."""
        review = self.run(*self.program, "review", STACK)
        digest = review.output.partition("\ndigest ")[2].split()[0]
        ready: list[subprocess.Popen[bytes]] = []
        below: list[psutil.Process] = []

        def strike() -> None:
            below.extend(psutil.Process(ready[0].pid).children(recursive=True))
            kill(VICTIMS[victim](ready[0].pid))

        self.proxy.arm(kind, call, strike)
        ready.append(self.started(DYNOSTACK, "apply", STACK, "--reviewed", digest))
        ready[0].wait()
        psutil.wait_procs(below, timeout=END_SECONDS)
        return self.proxy.struck.is_set()

    def provisioning(self, seconds: float) -> None:
        """Set how long the local Heroku takes to provision an add-on."""
        self.server.control("PATCH", "/settings", {"provisioning": {"addon": seconds}})

    def forget_stack(self) -> None:
        """Remove the stack, but nothing on Heroku."""
        self._must(self.pulumi("stack", "rm", STACK, "--force", "--yes", "--preserve-config"))

    def state(self) -> dict[str, Any]:
        """Return the deployment in the state."""
        text = self.pulumi("stack", "export", "-s", STACK).output
        return dict(json.loads(text[text.index("{") :])["deployment"])

    @property
    def locks(self) -> list[Path]:
        return list((self.world.state / f".pulumi/locks/organization/shop/{STACK}").glob("*.json"))

    def addons(self) -> list[str]:
        return sorted(each["name"] for each in self.heroku(f"/apps/{self.app}/addons"))


class Production(Crashing):
    """The production stack of this repository's example, with its build."""

    app = "acme-shop"
    growth = Change(
        "empty",
        (PROJECT / "Pulumi.prod.yaml")
        .read_text()
        .replace("  shop:postgres:\n", "  shop:postgres:\n    protect: false\n")
        # The policies require the protection, without which it is destroyed each time.
        .replace("  shop:review: {policies: true}\n", "")
        .splitlines(),
        {},
    )

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, builds=True)

    def _copy_project(self) -> None:
        super()._copy_project()
        # Its app has the same name as the local stack's in this test.
        (self.directory / "Pulumi.prod.yaml").unlink()

    def _make_packages(self) -> None:
        self._must(self.up())
        await_that(lambda: self.there()["/apps/{app}/dynos"] == ["up", "up"])
        self._change = self.growth = replace(self.growth, there=self.there())
        self._must(self.pulumi("destroy", "-s", STACK, "--yes"))


def provider_of(engine: int) -> list[psutil.Process]:
    below = psutil.Process(engine).children(recursive=True)
    return [each for each in below if "dynostack.provider" in " ".join(each.cmdline())]


VICTIMS: Mapping[str, Callable[[int], list[psutil.Process]]] = {
    "engine": lambda engine: [psutil.Process(engine)],
    "provider": provider_of,
    "apply": lambda command: [psutil.Process(command)],
    "both": lambda engine: [psutil.Process(engine), *provider_of(engine)],
}


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)


def await_that(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + END_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
