"""Imports dynostack and forks for each relay that connects: `forks.py SOCKET PROGRAM`."""

from __future__ import annotations

import atexit
import gc
import importlib
import marshal
import os
import runpy
import select
import signal
import socket
import sys
import threading
import time
import traceback
from contextlib import suppress

from dynostack.startup import speed_up_imports

MODULES = (
    *("dynostack.cli.commands", "dynostack.cli.preparation", "dynostack.review.apply"),
    *("dynostack.cli.check", "dynostack.cli.local", "dynostack.cli.project"),
    *("dynostack.cli.requests", "dynostack.cli.reviews", "dynostack.cli.secret"),
    *("dynostack.check.command", "dynostack.toolchain.host", "dynostack.toolchain.program"),
    *("dynostack.program", "dynostack.provider.server", "dynostack.protocol", "pulumi_policy"),
)


def serve(path: str, program: str) -> None:
    """Fork for each connection until the standard input ends."""
    sys.executable = program
    speed_up_imports()
    for module in MODULES:
        importlib.import_module(module)
    gc.freeze()
    # The system forgets processes that end: each of them reports its own exit code.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("listening", flush=True)
        while select.select([listener, sys.stdin], [], [])[0] == [listener]:
            relay = listener.accept()[0]
            if os.fork() == 0:
                listener.close()
                _run(relay)
            relay.close()


def _run(relay: socket.socket) -> None:
    """Run what the relay orders, in this process, and tell it the exit code."""
    code = 1
    try:
        words, folder, environment = _order(relay)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        os.chdir(folder)
        relay.sendall(os.getpid().to_bytes(8))
        threading.Thread(target=_end_with, args=(relay,), daemon=True).start()
        code = _exit_code(words)
        atexit._run_exitfuncs()  # noqa: SLF001 - os._exit() does not run them
        sys.stdout.flush()
    finally:
        # A killed relay needs no exit code.
        with suppress(OSError):
            relay.sendall(code.to_bytes(8))
        os._exit(code)


def _order(relay: socket.socket) -> tuple[list[str], str, dict[str, str]]:
    """Receive the arguments, the folder and the variables, and take the standard streams."""
    size, streams, _, _ = socket.recv_fds(relay, 8, 3)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    with relay.makefile("rb") as order:
        words, folder, environment = marshal.loads(order.read(int.from_bytes(size)))  # noqa: S302
    return words, folder, environment


def _end_with(relay: socket.socket) -> None:
    """End this process once its relay has ended.

    A signal that another thread takes does not wake the main thread, which may wait for hours.
    """
    with suppress(OSError):  # a relay that was killed before it read everything
        relay.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


def _exit_code(words: list[str]) -> int:
    """Run a module or a program as the main module."""
    try:
        if words[:2] == ["-P", "-m"]:
            sys.argv = words[2:]
            # It is the main module only if it has not been imported.  Of a package, that is
            # another module: its parent must stay, because the submodules are its attributes.
            if not hasattr(sys.modules.get(words[2]), "__path__"):
                sys.modules.pop(words[2], None)
            runpy.run_module(words[2], run_name="__main__", alter_sys=True)
        else:
            if words[0] == "-u":
                words.pop(0)
                sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]
            sys.argv = words
            runpy.run_path(words[0], run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        with suppress(Exception):
            traceback.print_exc()
        return 1
    return 0


serve(*sys.argv[1:])
