"""A Python that has imported dynostack already, for tests whose subject is not how it starts.

Importing takes most of the CPU time of a `dynostack` command and of a plugin of the engine.  One
process per test process imports everything once and forks for each of them.  What tests start is a
small relay, which has the arguments, variables, folder, streams, signals and exit code of the real
process.  Tests of the toolchain, of kills and of whole sessions start the real processes.
"""

from __future__ import annotations

import atexit
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
_SCRIPT = '#!/bin/sh\nexec {python} -I -S {relay} {socket} "$@"\n'


@cache
def python() -> Path:
    """Return a program that is used like `python`, and start the process that it relays to."""
    folder = Path(tempfile.mkdtemp(prefix="warm-"))
    program, socket = folder / "python", folder / "socket"
    words = {"python": sys.executable, "relay": HERE / "relay.py", "socket": socket}
    program.write_text(_SCRIPT.format(**{key: shlex.quote(str(words[key])) for key in words}))
    program.chmod(0o755)
    forks = subprocess.Popen(
        [sys.executable, "-P", HERE / "forks.py", socket, program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What it forks must not find the terminal of whoever runs the tests.
        start_new_session=True,
    )
    assert forks.stdin is not None
    assert forks.stdout is not None
    # It prints a line once it listens, and ends when its input ends.
    assert forks.stdout.readline() == b"listening\n"
    atexit.register(shutil.rmtree, folder)
    atexit.register(forks.wait)
    atexit.register(forks.stdout.close)
    atexit.register(forks.stdin.close)
    return program


@cache
def dynostack() -> Path:
    """Return a program that is used like `dynostack`, alone in its folder, as PATH needs it.

    Not for a command that needs a terminal of its own, or that is started without an input.
    """
    program = python().parent / "bin/dynostack"
    program.parent.mkdir()
    words = map(str, (python(), Path(sys.executable).with_name("dynostack")))
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    program.chmod(0o755)
    return program
