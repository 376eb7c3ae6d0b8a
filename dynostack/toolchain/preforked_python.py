"""A pre-forked Python process with slow modules already imported, waiting for a program to run."""

from __future__ import annotations

import importlib
import io
import json
import os
import runpy
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, NoReturn

STANDARD_INPUT, STANDARD_OUTPUT, STANDARD_ERRORS = 0, 1, 2


def warm_up(modules: Sequence[str]) -> None:
    """Import modules and ignore errors: the code that needs a module reports why it fails."""
    for module in modules:
        with suppress(Exception):
            importlib.import_module(module)


class WarmProcess:
    """A fork of this process that imports modules and waits for a program to run.

    It must be created before this process has threads.  Without a program, it ends with this
    process.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        orders, self._orders = os.pipe()
        output, its_output = os.pipe()
        errors, its_errors = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            for number in (self._orders, output, errors):
                os.close(number)
            _wait_and_run(modules, orders, its_output, its_errors)
        for number in (orders, its_output, its_errors):
            os.close(number)
        self.stdout: IO[bytes] = os.fdopen(output, "rb")
        self.stderr: IO[bytes] = os.fdopen(errors, "rb")
        self._exit_code: int | None = None

    def run(self, program: str, arguments: list[str], folder: str, env: dict[str, str]) -> None:
        """Let the process run `python -u program arguments` in a folder with an environment."""
        with os.fdopen(self._orders, "w", encoding="utf-8") as orders:
            json.dump([program, arguments, folder, env], orders)

    def wait(self) -> int:
        """Wait for the end and return the exit code, which is negative for a signal."""
        if self._exit_code is None:
            self._exit_code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._exit_code

    def terminate(self) -> None:
        """Stop the process if it runs."""
        if self._exit_code is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM)


def _wait_and_run(modules: Sequence[str], orders: int, output: int, errors: int) -> NoReturn:
    exit_code = 1
    try:
        warm_up(modules)
        with os.fdopen(orders, encoding="utf-8") as given:
            order = given.read()
        _take(os.open(os.devnull, os.O_RDONLY), STANDARD_INPUT)
        _take(output, STANDARD_OUTPUT)
        _take(errors, STANDARD_ERRORS)
        exit_code = _run(*json.loads(order)) if order else 0
    finally:
        # Skip the exit handlers that the fork has inherited.
        os._exit(exit_code)


def _take(number: int, place: int) -> None:
    os.dup2(number, place)
    os.close(number)


def _unbuffered(number: int) -> io.TextIOWrapper:
    raw = os.fdopen(number, "wb", buffering=0, closefd=False)
    return io.TextIOWrapper(raw, encoding="utf-8", write_through=True)


def _run(program: str, arguments: list[str], folder: str, env: dict[str, str]) -> int:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = [program, *arguments]
    sys.stdout = _unbuffered(STANDARD_OUTPUT)
    sys.stderr = _unbuffered(STANDARD_ERRORS)
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
