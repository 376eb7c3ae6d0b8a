"""One Node.js process for many commands of the Heroku CLI.

Loading libraries takes most of the CPU time of a command.  The CLI's own modules are loaded for
each command, because they keep what Heroku has answered.
"""

from __future__ import annotations

import atexit
import json
import select
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from tests import node

OWN_PROCESS = (
    # They read their input or start another program.
    *("run", "git:", "pg:psql", "redis:cli", "addons:attach"),
    # They end when nothing is left to wait for.
    "ci:",
    # It reads NODE_EXTRA_CA_CERTS, which Node.js does at its start.
    "pg:backups:download",
)
"""How the names of commands begin that need a process of their own."""

SCRIPT = Path(__file__).with_suffix(".mjs")


class OneProcess:
    """The process; it runs one command at a time."""

    def __init__(self, program: Path, flags: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start the process.

        Args:
            program: the CLI's program.
            flags: flags of Node.js.
            environment: variables that are read when the CLI's modules are loaded.
        """
        self.lock = Lock()
        """Held while a command runs."""
        self._process = subprocess.Popen(
            [node.program(), *flags, SCRIPT, program],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._end)

    def run(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
    ) -> dict[str, Any]:
        """Run a command to its end and return its `exit_code`, `stdout` and `stderr`."""
        assert self._process.stdin
        assert self._process.stdout
        order = {"words": words, "folder": str(folder), "environment": environment}
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            self._process.kill()
            shared.cache_clear()
            raise TimeoutError(words)
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def _end(self) -> None:
        with self._process:
            self._process.kill()


@cache
def shared(
    program: Path, flags: Sequence[str], variables: frozenset[tuple[str, str]]
) -> OneProcess:
    """Return the process for these flags and variables, started when it is first needed."""
    return OneProcess(program, flags, dict(variables))


def is_for(words: Sequence[str], stdin: str) -> bool:
    """Return whether a command can share the process."""
    return not stdin and not words[0].startswith(OWN_PROCESS)
