"""A project right after its creation, on a machine without `pulumi` on PATH."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests import warm
from tests.e2e.rehearsal import Done

DYNOSTACK = str(Path(sys.executable).with_name("dynostack"))
STACK_FILE = """\
# The head.
config:
  shop:account: 'ops@acme.example'  # the owner
  shop:app:
    name: acme-shop-{stack}
    configVars:
      DEBUG: "false"
      SECRET_KEY: planted-before   # replaced
    # the end of the app

  shop:postgres: {{plan: essential-0, version: "17"}}
  shop:drains:
    archive: syslog+tls://u:planted-before@logs.acme.example:6514
# The end.
"""


@dataclass(frozen=True)
class Desk:
    """One project folder; `variables` are those of its shell, which has none of Pulumi's."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, *stacks: str) -> Desk:
        (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        for stack in stacks:
            (folder / f"Pulumi.{stack}.yaml").write_text(STACK_FILE.format(stack=stack))
        return cls(folder)

    def text(self, stack: str) -> str:
        return (self.folder / f"Pulumi.{stack}.yaml").read_text()

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        without = ("PULUMI_", "HEROKU_", "AWS_")
        own = {name: text for name, text in os.environ.items() if not name.startswith(without)}
        home = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin"}
        return {**own, **home, **self.variables, **variables}

    def set(self, stack: str, name: str, value: str, *more: str, **variables: str) -> Done:
        """Set a secret without a terminal, the value on standard input."""
        done = subprocess.run(
            [warm.dynostack(), "secret", "set", stack, name, *more],
            cwd=self.folder,
            env=self.environment(variables),
            input=value.encode("utf-8", "surrogateescape"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            start_new_session=True,
        )
        return Done(done.returncode, done.stdout.decode())

    def set_on_terminal(
        self, stack: str, name: str, answers: Sequence[str], stdin: str = ""
    ) -> Done:
        """Set a secret on a terminal, answering one hidden prompt after another.

        Args:
            stack: the stack's name.
            name: the secret's name.
            answers: what the person types.
            stdin: a file for standard input instead of the terminal.
        """
        controller, terminal = pty.openpty()
        # The first terminal that the leader of a session opens controls the session.
        script = f'exec <"$0" >"$0" 2>&1; exec "$@" {f"<{stdin}" if stdin else ""}'
        process = subprocess.Popen(
            ["sh", "-c", script, os.ttyname(terminal), DYNOSTACK, "secret", "set", stack, name],
            cwd=self.folder,
            env=self.environment({}),
            start_new_session=True,
        )
        output = b""
        waiting = [*answers]
        with suppress(OSError):  # the command has ended
            while True:
                output += os.read(controller, 4096)
                if terminal >= 0:
                    os.close(terminal)
                    terminal = -1
                # Each prompt ends with a colon; what is typed before it is discarded.
                if waiting and output.rstrip(b" ").endswith(b":"):
                    output += b"\n"
                    os.write(controller, f"{waiting.pop(0)}\n".encode())
        os.close(controller)
        return Done(process.wait(), output.decode())
